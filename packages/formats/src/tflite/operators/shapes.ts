import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { sliced, sliceRange } from '../../slice-range.ts'
import type { ConstantTensor } from '../constants.ts'
import { gatherOptions, packOptions, reducerOptions, stridedSliceOptions } from '../schema.ts'
import { folded, numbersOf } from './folded.ts'
import type { Operation, Outcome } from './operation.ts'

// What networks compute about shapes, of constants only: all shapes are known here.

/** The extents of a tensor, as the file has its axes. */
export function shape(operation: Operation): Outcome {
  const { shape } = operation.isConstant(0) ? operation.constant(0) : operation.operand(0)
  return folded(operation, [shape.length], shape, operation.output.type)
}

export function rank(operation: Operation): Outcome {
  const { shape } = operation.isConstant(0) ? operation.constant(0) : operation.operand(0)
  return folded(operation, [], [shape.length], operation.output.type)
}

/** Entries of a list from a beginning to an end, in steps; each may be left open by a bit of a mask. */
export function stridedSlice(operation: Operation): Outcome {
  const values = list(operation, 0)
  const options = operation.optionsIfAny(stridedSliceOptions)
  const mask = (field: (typeof stridedSliceOptions.fields)[number]): boolean => (options?.int32(field) ?? 0) !== 0
  const [begin, end, step] = [1, 2, 3].map(position => one(operation, position)) as [number, number, number]
  if (step === 0) throw operation.malformed('a stride other than 0', '0')
  if (mask('ellipsis_mask') || mask('new_axis_mask') || mask('offset')) {
    throw operation.unsupported('a slice by beginning and end', 'an ellipsis, a new axis or an offset')
  }
  const { type } = operation.constant(0)
  if (mask('shrink_axis_mask')) {
    const value = values[begin < 0 ? begin + values.length : begin]
    if (value === undefined) throw operation.malformed(`an index below ${values.length}`, `${begin}`)
    return folded(operation, [], [value], type)
  }
  const range = sliceRange(values.length, mask('begin_mask') ? null : begin, mask('end_mask') ? null : end, step)
  return folded(operation, [range.count], sliced(values, range), type)
}

/** Entries of a list from a beginning on, -1 of them being all. */
export function slice(operation: Operation): Outcome {
  const values = list(operation, 0)
  const [begin, size] = [one(operation, 1), one(operation, 2)]
  const kept = values.slice(begin, size === -1 ? values.length : begin + size)
  if (begin < 0 || size < -1 || (size !== -1 && kept.length !== size)) {
    throw operation.malformed(`part of ${values.length} entries`, `${size} from ${begin}`)
  }
  return folded(operation, [kept.length], kept, operation.constant(0).type)
}

/** Numbers, or lists of one length, one after another. */
export function pack(operation: Operation): Outcome {
  const parts = constants(operation)
  const [first] = parts as readonly [ConstantTensor]
  const axis = operation.optionsIfAny(packOptions)?.int32('axis') ?? 0
  if (parts.some(({ shape }) => `${shape}` !== `${first.shape}`))
    throw operation.malformed('parts of one shape', 'others')
  if (first.shape.length > 1 || (axis !== 0 && axis !== -1 - first.shape.length)) {
    throw operation.unsupported('numbers, or lists as rows', `[${first.shape}] along axis ${axis}`)
  }
  const values = parts.flatMap(part => numbersOf(operation, part))
  return folded(operation, [parts.length, ...first.shape], values, first.type)
}

/** Lists, one after another. */
export function joinLists(operation: Operation): Outcome {
  const parts = constants(operation)
  const values = parts.flatMap((part, position) => {
    if (part.shape.length !== 1) throw operation.unsupported('lists', `operand ${position} of [${part.shape}]`)
    return numbersOf(operation, part)
  })
  return folded(operation, [values.length], values, (parts[0] as ConstantTensor).type)
}

/** Entries of a list by their indices. */
export function gather(operation: Operation): Outcome {
  const values = list(operation, 0)
  const axis = operation.optionsIfAny(gatherOptions)?.int32('axis') ?? 0
  if (axis !== 0 && axis !== -1) throw operation.malformed('the axis of a list', `${axis}`)
  const indices = operation.constant(1)
  const chosen = operation.integers(indices).map(index => {
    const value = values[index]
    if (value === undefined) throw operation.malformed(`indices below ${values.length}`, `${index}`)
    return value
  })
  return folded(operation, indices.shape, chosen, operation.constant(0).type)
}

/** The product of a list. */
export function product(operation: Operation): Outcome {
  const values = list(operation, 0)
  const keepDims = (operation.optionsIfAny(reducerOptions)?.uint8('keep_dims') ?? 0) !== 0
  const { type } = operation.constant(0)
  return folded(operation, keepDims ? [1] : [], [elementCount(values)], type)
}

/** Numbers in another type; reals become integers towards zero. */
export function castConstant(operation: Operation): Outcome {
  const constant = operation.constant(0)
  const { type } = operation.output
  const values = numbersOf(operation, constant)
  return folded(operation, constant.shape, type === 'FLOAT32' ? values : values.map(Math.trunc), type)
}

/** For operators that are known of constants only: names the operand that is none. */
export function constantsOnly(operation: Operation): never {
  const position = Array.from({ length: operation.operandCount }, (_, i) => i).find(i => !operation.isConstant(i)) ?? 0
  operation.constant(position)
  throw operation.unsupported('constant operands', 'others')
}

function constants(operation: Operation): readonly ConstantTensor[] {
  return Array.from({ length: operation.operandCount }, (_, position) => operation.constant(position))
}

function list(operation: Operation, position: number): readonly number[] {
  const constant = operation.constant(position)
  const { shape, label } = constant
  if (shape.length !== 1)
    throw operation.unsupported(`a list as operand ${position}`, `${label} of [${shape as Shape}]`)
  return numbersOf(operation, constant)
}

function one(operation: Operation, position: number): number {
  const [value, ...others] = operation.integers(operation.constant(position))
  if (value === undefined || others.length > 0) throw operation.malformed(`one number as operand ${position}`, 'others')
  return value
}

import { elementCount } from '@depthwise/core/backend'
import { type Constant, folded } from '../constant.ts'
import type { Operation } from '../operation.ts'

// What exporters compute about shapes: folded, since all shapes are known here.

/** A tensor, or numbers written as attributes (operator set 12). */
export function constant(operation: Operation): Constant {
  const { attributes, label } = operation
  const value = attributes.tensor('value')
  if (value) return operation.readTensor(value)
  if (attributes.has('value_float')) return folded(label, 'FLOAT', [], [attributes.real('value_float', 0)])
  if (attributes.has('value_int')) return folded(label, 'INT64', [], [attributes.integer('value_int', 0)])
  const reals = attributes.reals('value_floats')
  if (reals) return folded(label, 'FLOAT', [reals.length], reals)
  const integers = attributes.integers('value_ints')
  if (integers) return folded(label, 'INT64', [integers.length], integers)
  throw operation.unsupported('a tensor or numbers as its value', 'neither')
}

/** One number as often as a shape says. */
export function constantOfShape(operation: Operation): Constant {
  const shape = operation.list(0)
  const value = operation.attributes.tensor('value')
  const fill = value ? operation.readTensor(value) : null
  const count = elementCount(shape)
  if (shape.length > 8 || !shape.every(extent => extent >= 0))
    throw operation.malformed('a shape', `[${shape.slice(0, 8)}]`)
  operation.spend(count)
  return folded(operation.label, fill?.type ?? 'FLOAT', shape, new Array<number>(count).fill(fill?.numbers()[0] ?? 0))
}

/** The extents of a value, or some of them (operator set 15). */
export function shape(operation: Operation): Constant {
  const { shape } = operation.operand(0)
  const rank = shape.length
  const start = operation.attributes.integer('start', 0)
  const extents = shape.slice(start, operation.attributes.integer('end', rank))
  return folded(operation.label, 'INT64', [extents.length], extents)
}

/** The product of a list, such as the extents of a shape. */
export function reduceProd(operation: Operation): Constant {
  const { shape, type, numbers } = operation.constant(0)
  const axes = operation.listSince(18, 1, 'axes') ?? []
  if (shape.length !== 1 || axes.some(axis => axis !== 0 && axis !== -1)) {
    throw operation.unsupported('the product of a list', `axes [${axes.slice(0, 8)}] of [${shape}]`)
  }
  const product = Array.from(numbers()).reduce((total, each) => total * each, 1)
  const isKept = operation.attributes.integer('keepdims', 1) !== 0
  return folded(operation.label, type, isKept ? [1] : [], [product])
}

/** Entries of a list by their indices. */
export function gather(operation: Operation): Constant {
  const data = operation.constant(0)
  const indices = operation.constant(1)
  const [length, ...more] = data.shape
  if (length === undefined || more.length > 0 || operation.attributes.integer('axis', 0) > 0) {
    throw operation.unsupported('entries of a list', `some of [${data.shape}]`)
  }
  const [values, chosen] = [data.numbers(), indices.numbers()]
  operation.spend(chosen.length)
  const entries = Array.from(chosen, index => {
    const value = values[index < 0 ? index + length : index]
    if (value === undefined) throw operation.malformed(`indices below ${length}`, `${index}`)
    return value
  })
  return folded(operation.label, data.type, indices.shape, entries)
}

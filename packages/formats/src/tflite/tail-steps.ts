import { FormatError, type Shape, UnsupportedOpError } from '@depthwise/core'
import { elementCount, type TailOp } from '@depthwise/core/backend'
import { activationBounds } from './activation-bounds.ts'
import { decodePoses, detect } from './custom-operators.ts'
import type { FileOperator } from './file.ts'
import {
  activations,
  addOptions,
  concatenationOptions,
  divOptions,
  gatherOptions,
  mulOptions,
  type OptionsSchema,
  packOptions,
  reducerOptions,
  reshapeOptions,
  stridedSliceOptions,
  subOptions,
  unpackOptions,
} from './schema.ts'
import type { Table } from './table.ts'

/** One operator while it becomes a step: what is known of its operands and results. */
export interface StepReading {
  readonly operator: FileOperator
  /** Of an operand, as the file has it. */
  shape(position: number): Shape
  /** The numbers of a constant operand. */
  integers(position: number): readonly number[]
  /** Of its first result, as the file states it. */
  readonly stated: Shape
}

/** What an operator is: one step or several, each of the result before, and which operands the first reads; default all. */
export interface ReadStep {
  readonly ops: readonly [TailOp, ...TailOp[]]
  readonly operands?: readonly number[]
}

type ReadOperator = (reading: StepReading) => ReadStep

const plain =
  (op: TailOp): ReadOperator =>
  () => ({ ops: [op] })

type BinaryOperator = (TailOp & { readonly kind: 'binary' })['operator']
type UnaryOperator = (TailOp & { readonly kind: 'unary' })['operator']
type ReduceOperator = (TailOp & { readonly kind: 'reduce' })['operator']

const arithmetic =
  (operator: BinaryOperator, schema?: OptionsSchema<'fused_activation_function'>): ReadOperator =>
  reading => {
    const activation = schema && activationOf(reading, schema)
    return { ops: [{ kind: 'binary', operator, ...(activation && { activation }) }] }
  }

const unary = (operator: UnaryOperator): ReadOperator => plain({ kind: 'unary', operator })

const reduce =
  (operator: ReduceOperator): ReadOperator =>
  reading => {
    const axes = reading.integers(1).map(axis => axisOf(reading, axis, reading.shape(0).length))
    const keepsAxes = (optionsOf(reading, reducerOptions)?.uint8('keep_dims') ?? 0) !== 0
    return { ops: [{ kind: 'reduce', operator, axes: [...new Set(axes)], keepsAxes }], operands: [0] }
  }

const arg =
  (kind: 'argMax' | 'argMin'): ReadOperator =>
  reading => {
    const [axis = 0] = reading.integers(1)
    return { ops: [{ kind, axis: axisOf(reading, axis, reading.shape(0).length) }], operands: [0] }
  }

/** To the shape that the file states for the result. */
const reshaped: ReadOperator = ({ stated }) => ({ ops: [{ kind: 'reshape', shape: stated }], operands: [0] })

/** The operators that may run behind a network, by their names in the schema. */
const readers: Readonly<Record<string, ReadOperator>> = {
  ABS: unary('abs'),
  ADD: arithmetic('add', addOptions),
  ARG_MAX: arg('argMax'),
  ARG_MIN: arg('argMin'),
  CAST: plain({ kind: 'cast' }),
  CEIL: unary('ceil'),
  CONCATENATION(reading) {
    const options = optionsOf(reading, concatenationOptions)
    if (activationOf(reading, concatenationOptions)) throw unsupported(reading, 'no fused activation', 'one')
    const axis = axisOf(reading, options?.int32('axis') ?? 0, reading.shape(0).length)
    return { ops: [{ kind: 'concat', axis }] }
  },
  DEQUANTIZE: plain({ kind: 'convert' }),
  DIV: arithmetic('div', divOptions),
  EXP: unary('exp'),
  EXPAND_DIMS: reshaped,
  FLOOR: unary('floor'),
  FLOOR_DIV: arithmetic('floorDiv'),
  FLOOR_MOD: arithmetic('floorMod'),
  GATHER(reading) {
    const options = optionsOf(reading, gatherOptions)
    const batched = options?.int32('batch_dims') ?? 0
    if (batched !== 0) throw unsupported(reading, 'no batch_dims', `${batched}`)
    return { ops: [{ kind: 'gather', axis: axisOf(reading, options?.int32('axis') ?? 0, reading.shape(0).length) }] }
  },
  GATHER_ND: plain({ kind: 'gatherNd' }),
  LOG: unary('log'),
  LOGISTIC: unary('sigmoid'),
  MAXIMUM: arithmetic('max'),
  MEAN: reduce('mean'),
  MINIMUM: arithmetic('min'),
  MUL: arithmetic('mul', mulOptions),
  NEG: unary('neg'),
  PACK(reading) {
    const axis = optionsOf(reading, packOptions)?.int32('axis') ?? 0
    return { ops: [{ kind: 'stack', axis: axisOf(reading, axis, reading.shape(0).length + 1) }] }
  },
  POW: arithmetic('pow'),
  QUANTIZE: plain({ kind: 'convert' }),
  REDUCE_MAX: reduce('max'),
  REDUCE_MIN: reduce('min'),
  RELU: unary('relu'),
  RESHAPE: reading => ({ ops: [{ kind: 'reshape', shape: targetOf(reading) }], operands: [0] }),
  ROUND: unary('round'),
  RSQRT: unary('rsqrt'),
  SLICE(reading) {
    const shape = reading.shape(0)
    const begin = reading.integers(1)
    const size = reading.integers(2).map((size, axis) => (size === -1 ? (shape[axis] ?? 0) - (begin[axis] ?? 0) : size))
    return { ops: [{ kind: 'slice', begin, size, strides: shape.map(() => 1) }], operands: [0] }
  },
  SPLIT(reading) {
    const [axis = 0] = reading.integers(0)
    return { ops: [{ kind: 'split', axis: axisOf(reading, axis, reading.shape(1).length) }], operands: [1] }
  },
  SQRT: unary('sqrt'),
  SQUARE: unary('square'),
  SQUARED_DIFFERENCE: arithmetic('squaredDifference'),
  SQUEEZE: reshaped,
  STRIDED_SLICE: stridedSlice,
  SUB: arithmetic('sub', subOptions),
  SUM: reduce('sum'),
  TANH: unary('tanh'),
  TOPK_V2(reading) {
    const [count = 0] = reading.integers(1)
    if (count < 1) throw malformed(reading, 'a count from 1 on', `${count}`)
    return { ops: [{ kind: 'topK', count }], operands: [0] }
  },
  TRANSPOSE(reading) {
    const order = reading.integers(1).map(axis => axisOf(reading, axis, reading.shape(0).length))
    return { ops: [{ kind: 'transpose', order }], operands: [0] }
  },
  UNPACK(reading) {
    const axis = optionsOf(reading, unpackOptions)?.int32('axis') ?? 0
    return { ops: [{ kind: 'unstack', axis: axisOf(reading, axis, reading.shape(0).length) }] }
  },
  'CUSTOM TFLite_Detection_PostProcess': ({ operator }) => ({ ops: [detect(operator)] }),
  'CUSTOM PosenetDecoderOp': ({ operator }) => ({ ops: [decodePoses(operator)] }),
}

/** Whether an operator may run behind a network, on the host. */
export const mayFollow = ({ name }: FileOperator): boolean => Object.hasOwn(readers, name)

/** Whether an operator decodes what a network gives, by a kernel of its own: three maps or lists to four results. */
export const isDecoder = (operator: FileOperator): boolean =>
  mayFollow(operator) &&
  operator.name.startsWith('CUSTOM ') &&
  operator.inputs.length === 3 &&
  operator.outputs.length === 4

/** Whether what follows a network may begin with an operator: only there it has a place. Others are mistakes in the middle of one. */
export const mayBegin = (operator: FileOperator): boolean =>
  isDecoder(operator) || operator.name === 'ARG_MAX' || operator.name === 'ARG_MIN' || operator.name === 'GATHER_ND'

/** Reads one of the operators that `mayFollow` names. */
export function readStep(reading: StepReading): ReadStep {
  const read = readers[reading.operator.name]
  if (!read) throw unsupported(reading, 'an operator that runs behind a network', reading.operator.name)
  return read(reading)
}

/** A range of each axis; axes that are to be one element go in a second step. */
function stridedSlice(reading: StepReading): ReadStep {
  const shape = reading.shape(0)
  const options = optionsOf(reading, stridedSliceOptions)
  const mask = (name: 'begin_mask' | 'end_mask' | 'ellipsis_mask' | 'new_axis_mask' | 'shrink_axis_mask'): number =>
    options?.int32(name) ?? 0
  if (mask('ellipsis_mask') !== 0 || mask('new_axis_mask') !== 0)
    throw unsupported(reading, 'a range for each axis', 'an ellipsis or a new axis')
  const [from, to, by] = [reading.integers(1), reading.integers(2), reading.integers(3)]
  const has = (bits: number, axis: number): boolean => ((bits >> axis) & 1) !== 0
  const ranges = shape.map((extent, axis) => {
    const shrinks = has(mask('shrink_axis_mask'), axis)
    const stride = axis < by.length && !shrinks ? (by[axis] as number) : 1
    if (stride === 0) throw malformed(reading, 'strides other than 0', '0')
    const [low, high] = stride > 0 ? [0, extent] : [-1, extent - 1]
    const at = (given: number | undefined, otherwise: number): number =>
      given === undefined ? otherwise : Math.min(Math.max(given < 0 ? given + extent : given, low), high)
    const begin = at(has(mask('begin_mask'), axis) ? undefined : from[axis], stride > 0 ? low : high)
    const end = at(has(mask('end_mask'), axis) ? undefined : to[axis], stride > 0 ? high : low)
    return { begin, stride, shrinks, size: shrinks ? 1 : Math.max(0, Math.ceil((end - begin) / stride)) }
  })
  const slice: TailOp = {
    kind: 'slice',
    begin: ranges.map(({ begin }) => begin),
    size: ranges.map(({ size }) => size),
    strides: ranges.map(({ stride }) => stride),
  }
  if (ranges.every(({ shrinks }) => !shrinks)) return { ops: [slice], operands: [0] }
  const kept = ranges.filter(({ shrinks }) => !shrinks).map(({ size }) => size)
  return { ops: [slice, { kind: 'reshape', shape: kept }], operands: [0] }
}

/** The shape that an operand of RESHAPE states, else its options, else the result; -1 is what is left. */
function targetOf(reading: StepReading): Shape {
  const { operator, stated } = reading
  const options = optionsOf(reading, reshapeOptions)
  const target = operator.inputs.length > 1 ? reading.integers(1) : (options?.int32s('new_shape') ?? stated)
  const known = elementCount(target.filter(extent => extent !== -1))
  const rest = elementCount(reading.shape(0)) / known
  const shape = target.map(extent => (extent === -1 ? rest : extent))
  if (shape.every(extent => Number.isInteger(extent) && extent > 0)) return shape
  throw malformed(reading, `a shape of ${elementCount(reading.shape(0))} elements`, `[${target}]`)
}

/** Where the operator's options are of that type; null where it has none. */
function optionsOf<F extends string>({ operator: { table } }: StepReading, schema: OptionsSchema<F>): Table<F> | null {
  return table.uint8('builtin_options_type') === schema.member ? table.table('builtin_options', schema) : null
}

/** What the fused activation of an operator lets through; null for all. */
function activationOf(reading: StepReading, schema: OptionsSchema<string>) {
  const options = optionsOf(reading, schema as OptionsSchema<'fused_activation_function'>)
  const name = activations[options?.int8('fused_activation_function') ?? 0]
  if (name === 'NONE') return null
  const bounds = name && activationBounds[name]
  if (!bounds)
    throw unsupported(reading, `no fused activation but ${Object.keys(activationBounds).join(', ')}`, `${name}`)
  return bounds
}

function axisOf(reading: StepReading, given: number, rank: number): number {
  const axis = given < 0 ? given + rank : given
  if (axis >= 0 && axis < rank) return axis
  throw malformed(reading, `an axis of ${rank}`, `${given}`)
}

const malformed = ({ operator }: StepReading, expected: string, found: string): FormatError =>
  new FormatError({ where: operator.label, expected, found })

const unsupported = ({ operator }: StepReading, expected: string, found: string): UnsupportedOpError =>
  new UnsupportedOpError({ where: operator.label, expected, found })

import {
  type DType,
  type ElementType,
  FormatError,
  type Quantization,
  type Shape,
  type Tail,
  type Tensor,
  UnsupportedOpError,
} from '@depthwise/core'
import { elementCount, type TailInput, type TailOp, type TailResult, type TailStep } from '@depthwise/core/backend'
import { type ConstantTensor, readIntegers, readReals, readStored } from './constants.ts'
import type { FileOperator, FileTensor, TFLiteFile } from './file.ts'
import { readFlexMap } from './flexbuffer.ts'
import { activationQuantization } from './quantization.ts'
import {
  addOptions,
  concatenationOptions,
  divOptions,
  mulOptions,
  type OptionsSchema,
  packOptions,
  subOptions,
  type TensorType,
  unpackOptions,
} from './schema.ts'
import { isInOrder, type View } from './view.ts'

/** The graph that a tail follows, as far as the tail sees it. */
export interface TailSource {
  readonly file: TFLiteFile
  computed(index: number): View | undefined
  constant(index: number): ConstantTensor | undefined
  nameOf(tensor: FileTensor): string
  /** Has the graph give a computed tensor as an output. */
  give(index: number): void
}

/** More boxes or poses than a network finds. */
const maxFound = 10_000

/** One operator while it becomes a step. */
interface Reading {
  readonly operator: FileOperator
  readonly file: TFLiteFile
  constant(position: number): ConstantTensor | undefined
  tensor(position: number): FileTensor
}

type ReadStep = (reading: Reading) => TailOp

const arithmetic =
  (
    operator: (TailOp & { readonly kind: 'binary' })['operator'],
    options?: OptionsSchema<'fused_activation_function'>,
  ): ReadStep =>
  reading => {
    if (options) refuseActivation(reading, options)
    return { kind: 'binary', operator }
  }

/** The operators that run behind a network, by their names in the schema. */
const readers: Readonly<Record<string, ReadStep>> = {
  ADD: arithmetic('add', addOptions),
  ARG_MAX: reading => ({
    kind: 'argMax',
    axis: axisOf(reading, integersAt(reading, 1)[0] ?? 0, reading.tensor(0).shape.length),
  }),
  CAST: () => ({ kind: 'cast' }),
  CONCATENATION(reading) {
    refuseActivation(reading, concatenationOptions)
    const axis = optionsOf(reading, concatenationOptions)?.int32('axis') ?? 0
    return { kind: 'concat', axis: axisOf(reading, axis, reading.tensor(0).shape.length) }
  },
  DEQUANTIZE: () => ({ kind: 'convert' }),
  DIV: arithmetic('div', divOptions),
  EXPAND_DIMS: reshaped,
  FLOOR_DIV: arithmetic('floorDiv'),
  GATHER_ND: () => ({ kind: 'gatherNd' }),
  MAXIMUM: arithmetic('max'),
  MINIMUM: arithmetic('min'),
  MUL: arithmetic('mul', mulOptions),
  PACK(reading) {
    const axis = optionsOf(reading, packOptions)?.int32('axis') ?? 0
    return { kind: 'stack', axis: axisOf(reading, axis, reading.tensor(0).shape.length + 1) }
  },
  QUANTIZE: () => ({ kind: 'convert' }),
  RESHAPE: reshaped,
  SQRT: () => ({ kind: 'sqrt' }),
  SQUEEZE: reshaped,
  SUB: arithmetic('sub', subOptions),
  UNPACK(reading) {
    const axis = optionsOf(reading, unpackOptions)?.int32('axis') ?? 0
    return { kind: 'unstack', axis: axisOf(reading, axis, reading.tensor(0).shape.length) }
  },
  'CUSTOM TFLite_Detection_PostProcess'(reading) {
    const options = customOptions(reading)
    const number = (name: string, fallback?: number): number => {
      const value = options.get(name) ?? fallback
      if (value !== undefined && Number.isFinite(value)) return value
      throw malformed(reading, `an option ${name}`, value === undefined ? 'none' : `${value}`)
    }
    const count = (name: string, fallback?: number): number => {
      const value = number(name, fallback)
      if (Number.isInteger(value) && value >= 1 && value <= maxFound) return value
      throw malformed(reading, `an option ${name} from 1 to ${maxFound}`, `${value}`)
    }
    const classes = count('num_classes')
    const scales = ['y_scale', 'x_scale', 'h_scale', 'w_scale'].map(name => number(name)) as [
      number,
      number,
      number,
      number,
    ]
    if (scales.some(scale => scale === 0)) throw malformed(reading, 'scales other than 0', scales.join(', '))
    const op = {
      kind: 'detectionPostProcess',
      maxDetections: count('max_detections'),
      maxClassesPerDetection: count('max_classes_per_detection'),
      detectionsPerClass: count('detections_per_class', 100),
      classWise: (options.get('use_regular_nms') ?? 0) !== 0,
      scoreThreshold: Math.fround(number('nms_score_threshold')),
      iouThreshold: Math.fround(number('nms_iou_threshold')),
      classes,
      scales,
    } as const
    const room = op.maxDetections * op.maxClassesPerDetection
    if (room > maxFound) throw malformed(reading, `room for at most ${maxFound} detections`, `${room}`)
    return op
  },
  'CUSTOM PosenetDecoderOp'(reading) {
    const options = customOptions(reading)
    const number = (name: string, fallback: number): number => options.get(name) ?? fallback
    const op = {
      kind: 'posenetDecoder',
      maxDetections: number('max_detections', 10),
      scoreThreshold: number('score_threshold', 0.5),
      stride: number('stride', 16),
      nmsRadius: number('nms_radius', 20),
    } as const
    const fits =
      Number.isInteger(op.maxDetections) && op.maxDetections >= 1 && op.maxDetections <= maxFound && op.stride > 0
    if (!fits) throw malformed(reading, `1 to ${maxFound} poses and a stride`, `${op.maxDetections}, ${op.stride}`)
    return op
  },
}

/** Whether an operator may run behind a network, on the host. */
export const mayFollow = ({ name }: FileOperator): boolean => Object.hasOwn(readers, name)

/** What a file computes behind its graph: the operators that the graph cannot express, and all that read their results. */
export class TailImport {
  readonly #source: TailSource
  /** What the graph could not express first. */
  readonly #cause: unknown
  readonly #inputs = new Map<number, { readonly input: TailInput; readonly shape: Shape }>()
  readonly #constants = new Map<number, Tensor>()
  readonly #steps: {
    readonly op: TailOp
    readonly operands: readonly number[]
    readonly results: readonly number[]
  }[] = []
  readonly #computed = new Set<number>()

  constructor(source: TailSource, cause: unknown) {
    this.#source = source
    this.#cause = cause
  }

  /** Whether an operator reads what the tail computes. */
  feeds({ inputs }: FileOperator): boolean {
    return inputs.some(index => this.#computed.has(index))
  }

  /** @throws what the graph could not express, where the operator cannot follow a network either */
  add(operator: FileOperator): void {
    const { file } = this.#source
    const read = mayFollow(operator) ? readers[operator.name] : undefined
    if (!read) throw this.#cause
    const tensor = (position: number): FileTensor => file.tensor(operator.inputs[position] ?? -1, operator.label)
    const constant = (position: number): ConstantTensor | undefined =>
      this.#source.constant(operator.inputs[position] ?? -1)
    const op = read({ operator, file, tensor, constant })
    // What says how to reshape or reduce is part of the step.
    const described = op.kind === 'argMax' || op.kind === 'reshape' ? operator.inputs.slice(0, 1) : operator.inputs
    for (const index of described) this.#require(index, operator)
    for (const index of operator.outputs) this.#computed.add(index)
    this.#steps.push({ op, operands: described, results: operator.outputs })
  }

  /** The tail, whose outputs are the file's. */
  finish(): Tail {
    const { file } = this.#source
    const names = (index: number): string => this.#source.nameOf(file.tensor(index, 'tail'))
    for (const index of file.outputs) if (!this.#computed.has(index)) this.#require(index)
    const numbers = new Map<number, number>()
    const inputs = [...this.#inputs]
    for (const index of [...this.#inputs.keys(), ...this.#constants.keys()]) numbers.set(index, numbers.size)
    let next = numbers.size
    const steps: TailStep[] = []
    // Values of the graph have shapes of their own.
    for (const [index, { input, shape }] of inputs) {
      const { name, ...elements } = input
      steps.push({
        op: { kind: 'reshape', shape },
        operands: [numbers.get(index) as number],
        results: [{ name, shape, ...elements }],
      })
      numbers.set(index, next)
      next += 1
    }
    for (const { op, operands, results } of this.#steps) {
      const read = operands.map(index => numbers.get(index) as number)
      steps.push({
        op,
        operands: read,
        results: results.map(index => resultOf(file.tensor(index, 'tail'), names(index))),
      })
      for (const index of results) {
        numbers.set(index, next)
        next += 1
      }
    }
    return {
      inputs: inputs.map(([, { input }]) => input),
      constants: [...this.#constants.values()],
      steps,
      outputs: file.outputs.map(index => ({ name: names(index), value: numbers.get(index) as number })),
    }
  }

  /** A tensor that a step reads: computed by a step before, a constant, or an output of the graph. */
  #require(index: number, operator?: FileOperator): void {
    if (this.#computed.has(index) || this.#inputs.has(index) || this.#constants.has(index)) return
    const { file } = this.#source
    const where = operator?.label ?? 'subgraph outputs'
    const tensor = file.tensor(index, where)
    const constant = this.#source.constant(index)
    if (constant) {
      file.spend(constant.data.length, where)
      this.#constants.set(index, constantOf(constant))
      return
    }
    const view = this.#source.computed(index)
    if (!view)
      throw new FormatError({ where, expected: `${tensor.label} computed by an operator before it`, found: 'none' })
    // A value that the graph holds in another order would have to be moved.
    if (!isInOrder(view) || elementCount(view.shape) !== elementCount(view.value.shape)) throw this.#cause
    this.#source.give(index)
    this.#inputs.set(index, { input: { name: this.#source.nameOf(tensor), ...elementsOf(tensor) }, shape: view.shape })
  }
}

const dtypes: Partial<Record<TensorType, DType>> = {
  FLOAT32: 'float32',
  INT8: 'int8',
  UINT8: 'uint8',
  INT32: 'int32',
  // Indices, which int32 holds.
  INT64: 'int32',
}

function elementsOf({ type, quantization, label }: FileTensor): ElementType {
  const dtype = dtypes[type]
  if (!dtype) throw new UnsupportedOpError({ where: label, expected: Object.keys(dtypes).join(', '), found: type })
  if (dtype !== 'int8' && dtype !== 'uint8') return { dtype }
  const single = activationQuantization(type, quantization, label)
  return single ? { dtype, quantization: single } : { dtype }
}

const resultOf = (tensor: FileTensor, name: string): TailResult => ({
  name,
  shape: tensor.shape,
  ...elementsOf(tensor),
})

function constantOf(tensor: ConstantTensor): Tensor {
  const { dtype, quantization } = elementsOf(tensor)
  const data =
    dtype === 'float32'
      ? readReals(tensor)
      : dtype === 'int32'
        ? Int32Array.from(readIntegers(tensor))
        : readStored(tensor)
  return {
    dtype,
    shape: tensor.shape,
    data,
    ...(quantization && { quantization: quantization as Quantization }),
  } as Tensor
}

function malformed({ operator }: Reading, expected: string, found: string): FormatError {
  return new FormatError({ where: operator.label, expected, found })
}

/** Where the operator's options are of that type; null where it has none. */
function optionsOf<F extends string>({ operator: { table } }: Reading, schema: OptionsSchema<F>) {
  return table.uint8('builtin_options_type') === schema.member ? table.table('builtin_options', schema) : null
}

function refuseActivation(reading: Reading, schema: OptionsSchema<'fused_activation_function'> | OptionsSchema): void {
  const options = optionsOf(reading, schema as OptionsSchema<'fused_activation_function'>)
  const activation = options?.int8('fused_activation_function') ?? 0
  if (activation === 0) return
  const { label } = reading.operator
  throw new UnsupportedOpError({
    where: label,
    expected: 'no fused activation behind the network',
    found: `number ${activation}`,
  })
}

function integersAt(reading: Reading, position: number): readonly number[] {
  const constant = reading.constant(position)
  if (constant) return readIntegers(constant)
  throw new UnsupportedOpError({
    where: reading.operator.label,
    expected: `a constant operand ${position}`,
    found: 'a computed one',
  })
}

function axisOf(reading: Reading, given: number, rank: number): number {
  const axis = given < 0 ? given + rank : given
  if (axis >= 0 && axis < rank) return axis
  throw malformed(reading, `an axis of ${rank}`, `${given}`)
}

/** To the shape that the file states for the result. */
function reshaped({ operator, file }: Reading): TailOp {
  return { kind: 'reshape', shape: file.tensor(operator.outputs[0] ?? -1, operator.label).shape }
}

function customOptions({ operator: { table, label } }: Reading): ReadonlyMap<string, number> {
  return readFlexMap(table.bytes('custom_options'), `${label}, custom_options`)
}

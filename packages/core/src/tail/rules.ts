import { binaryOperators } from '../ops/binary.ts'
import { isPerTensor, sameElements } from '../quantization.ts'
import { type ElementType, elementCount, formatShape, type Shape, sameShape, type ValueType } from '../tensor.ts'
import { detectionShapes } from './detection-post-process.ts'
import { poseShapes } from './posenet-decoder.ts'
import type { OpOfKind, Refuse } from './step.ts'
import type { TailKind, TailOp } from './tail.ts'

/** What a step may read and what comes out of it. */
interface Rule<K extends TailKind> {
  /** How many operands it takes. */
  readonly operands: readonly [min: number, max: number]
  /** The shapes of its results, of which `count` are asked for. */
  shapes(op: OpOfKind<K>, operands: readonly Shape[], count: number, refuse: Refuse): readonly Shape[]
  /** The element types it takes, in words, and whether these are such. */
  readonly elements: readonly [string, (operands: readonly ElementType[], results: readonly ElementType[]) => boolean]
}

const isReal = ({ dtype }: ElementType): boolean => dtype === 'float32'
const isInt32 = ({ dtype, quantization }: ElementType): boolean => dtype === 'int32' && !quantization
const isByte = ({ quantization, dtype }: ElementType): boolean =>
  quantization !== undefined && isPerTensor(quantization) && (dtype === 'int8' || dtype === 'uint8')
const areEqual = (types: readonly ElementType[]): boolean => types.every(type => sameElements(type, types[0] ?? type))

const sameTypes: Rule<'reshape'>['elements'] = [
  'one element type',
  (operands, results) => areEqual([...operands, ...results]),
]
const gathered: Rule<'gather'>['elements'] = [
  'int32 indices, and results of the first operand’s type',
  ([source, indices], results) => isInt32(indices as ElementType) && areEqual([source as ElementType, ...results]),
]
const indexed: Rule<'argMax'>['elements'] = ['an int32 result', (_, results) => results.every(isInt32)]
const decoded: Rule<'posenetDecoder'>['elements'] = [
  'reals or bytes, and float32 results',
  (operands, results) => operands.every(type => isReal(type) || isByte(type)) && results.every(isReal),
]

/** An axis that an operand of that shape has, and may be behind its last where `room` is 1. */
function axisOf(axis: number, shape: Shape, refuse: Refuse, room = 0): number {
  return axis < shape.length + room ? axis : refuse(`an axis below ${shape.length + room}`, `${axis}`)
}

const all = (shapes: readonly Shape[]): string => shapes.map(formatShape).join(', ')

const withoutAxis: Rule<'argMax'>['shapes'] = ({ axis }, [shape = []], _, refuse) => [
  shape.toSpliced(axisOf(axis, shape, refuse), 1),
]

/** What each kind of step takes and gives: one row a kind. */
const rules: { readonly [K in TailKind]: Rule<K> } = {
  argMax: { operands: [1, 1], shapes: withoutAxis, elements: indexed },
  argMin: {
    operands: [1, 1],
    shapes: (op, ...rest) => withoutAxis({ ...op, kind: 'argMax' }, ...rest),
    elements: indexed,
  },
  binary: {
    operands: [2, 2],
    shapes: (_op, operands, _, refuse) => [broadcast(operands, refuse)],
    elements: [
      'operands and a result that all are float32, int32 or bytes',
      (operands, results) => [isReal, isInt32, isByte].some(is => [...operands, ...results].every(is)),
    ],
  },
  cast: {
    operands: [1, 1],
    shapes: (_op, [shape = []]) => [shape],
    elements: ['a result without a scale', (_, results) => results.every(({ quantization }) => !quantization)],
  },
  concat: {
    operands: [1, Number.POSITIVE_INFINITY],
    shapes({ axis }, shapes, _, refuse) {
      const [first = []] = shapes
      axisOf(axis, first, refuse)
      const isJoined = (shape: Shape): boolean =>
        shape.length === first.length && shape.every((extent, at) => at === axis || extent === first[at])
      if (!shapes.every(isJoined)) return refuse('operands that agree along the other axes', all(shapes))
      return [
        first.with(
          axis,
          shapes.reduce((sum, shape) => sum + (shape[axis] as number), 0),
        ),
      ]
    },
    elements: [
      'operands and a result of one dtype, all with a scale or none',
      (operands, results) => {
        const types = [...operands, ...results]
        return types.every(isByte) ? types.every(({ dtype }) => dtype === types[0]?.dtype) : areEqual(types)
      },
    ],
  },
  convert: {
    operands: [1, 1],
    shapes: (_op, [shape = []]) => [shape],
    elements: [
      'reals or bytes with a scale',
      (operands, results) => [...operands, ...results].every(type => isReal(type) || isByte(type)),
    ],
  },
  gather: {
    operands: [2, 2],
    shapes: ({ axis }, [source = [], indices = []], _, refuse) => [
      source.toSpliced(axisOf(axis, source, refuse), 1, ...indices),
    ],
    elements: gathered,
  },
  gatherNd: {
    operands: [2, 2],
    shapes(_op, [source = [], indices = []], _, refuse) {
      const depth = indices.at(-1) ?? 0
      if (depth < 1 || depth > source.length) return refuse(`1 to ${source.length} indices a place`, `${depth}`)
      return [[...indices.slice(0, -1), ...source.slice(depth)]]
    },
    elements: gathered,
  },
  reduce: {
    operands: [1, 1],
    shapes({ axes, keepsAxes }, [shape = []], _, refuse) {
      for (const axis of axes) axisOf(axis, shape, refuse)
      const isReduced = (axis: number): boolean => axes.includes(axis)
      return [shape.flatMap((extent, axis) => (isReduced(axis) ? (keepsAxes ? [1] : []) : [extent]))]
    },
    elements: [
      'float32 or int32',
      (operands, results) => [isReal, isInt32].some(is => [...operands, ...results].every(is)),
    ],
  },
  reshape: {
    operands: [1, 1],
    shapes({ shape }, [from = []], _, refuse) {
      if (elementCount(shape) === elementCount(from)) return [shape]
      return refuse(`a shape of ${elementCount(from)} elements`, formatShape(shape))
    },
    elements: sameTypes,
  },
  slice: {
    operands: [1, 1],
    shapes({ begin, size, strides }, [shape = []], _, refuse) {
      if ([begin, size, strides].some(list => list.length !== shape.length))
        return refuse(`a beginning, a size and a stride for each axis of ${formatShape(shape)}`, `${begin.length}`)
      const fits = shape.every((extent, axis) => {
        const [first, last] = [begin[axis] as number, begin[axis]! + (size[axis]! - 1) * strides[axis]!]
        return first < extent && last >= 0 && last < extent && strides[axis] !== 0
      })
      return fits
        ? [size]
        : refuse(`a part of ${formatShape(shape)}`, `${formatShape(size)} from ${begin.join(', ')} on`)
    },
    elements: sameTypes,
  },
  split: {
    operands: [1, 1],
    shapes({ axis }, [shape = []], count, refuse) {
      const part = (shape[axisOf(axis, shape, refuse)] as number) / count
      if (!Number.isInteger(part)) return refuse(`an extent that ${count} divides`, `${shape[axis]}`)
      return Array.from({ length: count }, () => shape.with(axis, part))
    },
    elements: sameTypes,
  },
  stack: {
    operands: [1, Number.POSITIVE_INFINITY],
    shapes({ axis }, shapes, _, refuse) {
      const [first = []] = shapes
      if (!shapes.every(shape => sameShape(shape, first))) return refuse('operands of one shape', all(shapes))
      return [first.toSpliced(axisOf(axis, first, refuse, 1), 0, shapes.length)]
    },
    elements: sameTypes,
  },
  topK: {
    operands: [1, 1],
    shapes({ count }, [shape = []], _, refuse) {
      const extent = shape.at(-1) ?? 0
      if (count > extent) return refuse(`at most ${extent}`, `${count}`)
      return [shape.with(-1, count), shape.with(-1, count)]
    },
    elements: [
      'values of the operand’s type and int32 indices',
      ([operand], [values, places]) =>
        areEqual([operand as ElementType, values as ElementType]) && isInt32(places as ElementType),
    ],
  },
  transpose: {
    operands: [1, 1],
    shapes({ order }, [shape = []], _, refuse) {
      const isOrder = order.length === shape.length && new Set(order).size === order.length
      if (!isOrder) return refuse(`an order of ${shape.length} axes`, order.join(', '))
      return [order.map(axis => shape[axisOf(axis, shape, refuse)] as number)]
    },
    elements: sameTypes,
  },
  unary: {
    operands: [1, 1],
    shapes: (_op, [shape = []]) => [shape],
    elements: [
      'float32, or bytes for a sigmoid',
      (operands, results) => [isReal, isByte].some(is => [...operands, ...results].every(is)),
    ],
  },
  unstack: {
    operands: [1, 1],
    shapes({ axis }, [shape = []], count, refuse) {
      const extent = shape[axisOf(axis, shape, refuse)]
      if (extent !== count) return refuse(`${extent} results`, `${count}`)
      return Array.from({ length: count }, () => shape.toSpliced(axis, 1))
    },
    elements: sameTypes,
  },
  detectionPostProcess: { operands: [3, 3], shapes: detectionShapes, elements: decoded },
  posenetDecoder: { operands: [3, 3], shapes: poseShapes, elements: decoded },
}

/** The shape that two others stretch to, aligned at their last axes. */
function broadcast([a = [], b = []]: readonly Shape[], refuse: Refuse): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const [m, n] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1]
    if (m !== n && m !== 1 && n !== 1) return refuse('extents that agree or are 1', all([a, b]))
    return Math.max(m, n)
  })
}

/** The shapes of a step's results, of which there are `count`. `refuse` throws. */
export function tailShapes(op: TailOp, operands: readonly Shape[], count: number, refuse: Refuse): readonly Shape[] {
  const rule = rules[op.kind] as Rule<TailKind>
  const [min, max] = rule.operands
  if (operands.length < min || operands.length > max) {
    return refuse(min === max ? `${min} operands` : `at least ${min} operands`, `${operands.length}`)
  }
  const shapes = rule.shapes(op as never, operands, count, refuse)
  if (shapes.length !== count) return refuse(`${shapes.length} results`, `${count}`)
  return shapes
}

/** Calls `refuse`, which throws, unless a step takes and gives elements of these types. */
export function checkTailElements(
  op: TailOp,
  operands: readonly ValueType[],
  results: readonly ValueType[],
  refuse: Refuse,
): void {
  const [expected, fits] = (rules[op.kind] as Rule<TailKind>).elements
  const types = [...operands, ...results]
  const isQuantized = types.some(({ quantization }) => quantization)
  if (!fits(operands, results) || (isQuantized && !takesBytes(op))) {
    refuse(
      expected,
      types.map(({ dtype, quantization }) => (quantization ? `${dtype} with a scale` : dtype)).join(', '),
    )
  }
}

function takesBytes(op: TailOp): boolean {
  if (op.kind === 'unary') return op.operator === 'sigmoid'
  return op.kind !== 'binary' || (binaryOperators as readonly string[]).includes(op.operator)
}

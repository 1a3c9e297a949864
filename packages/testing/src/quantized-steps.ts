import {
  binaryOperators,
  type Padding,
  resizeCoordinates,
  resizeRoundings,
  type Size2,
} from '../../core/src/backend.ts'
import type { Bounds, ElementType, Op, Value } from '../../core/src/index.ts'
import { divisor } from './arbitrary-draft.ts'
import type { QuantizedDraft } from './quantized-draft.ts'

/** Adds nodes to a draft and returns the quantized value they compute; null where no value of the draft suits. */
type Step = (draft: QuantizedDraft) => Value | null

const scaleOf = ({ quantization }: Value): number => (quantization?.scale as number | undefined) ?? 1
const channelsOf = ({ shape }: Value): number => shape.at(-1) as number

/** One of the younger values. */
const recent = (draft: QuantizedDraft, suits: (value: Value) => boolean = () => true): Value | null => {
  const fitting = draft.values.filter(suits).slice(-3)
  return fitting.length === 0 ? null : draft.choose(fitting)
}

const isImage = ({ shape }: Value): boolean => shape.length === 4

function window(draft: QuantizedDraft, x: Value) {
  const [height, width] = [x.shape[1] as number, x.shape[2] as number]
  const kernel: Size2 = [draft.from(1, 3), draft.from(1, 3)]
  const strides: Size2 = [draft.from(1, 2), draft.from(1, 2)]
  const dilations: Size2 = draft.chance(0.25) ? [draft.from(1, 2), draft.from(1, 2)] : [1, 1]
  const side = (extent: number, taps: number, dilation: number): readonly [number, number] => {
    const covered = (taps - 1) * dilation + 1
    const before = draft.from(0, taps - 1)
    return [before, Math.max(draft.from(0, taps - 1), covered - extent - before)]
  }
  const [top, bottom] = side(height, kernel[0], dilations[0])
  const [left, right] = side(width, kernel[1], dilations[1])
  const padding: Padding = { top, bottom, left, right }
  return { kernel, strides, dilations, padding }
}

function clampOf(draft: QuantizedDraft): (Bounds & { kind: 'clamp'; authored: 'clamp' }) | null {
  const bounds: readonly (Bounds | null)[] = [
    null,
    { min: 0, max: Infinity },
    { min: 0, max: 6 },
    { min: -0.3, max: 0.7 },
  ]
  const chosen = draft.choose(bounds)
  return chosen && { kind: 'clamp', authored: 'clamp', ...chosen }
}

/** Weights and bias of a product of `count` terms a sum, and a result in whose range its sums mostly lie. */
function product(
  draft: QuantizedDraft,
  x: Value,
  name: string,
  shape: readonly number[],
  channels: number,
  axis: number,
  count: number,
) {
  const weightScale = draft.weights(`${name}/weights`, shape, channels, axis)
  const hasBias = draft.chance(0.8)
  if (hasBias) draft.bias(`${name}/bias`, channels, count)
  const multiplier = draft.chance(0.1) ? draft.from(1, 6) : 2 ** draft.from(-7, -4) / 12 / Math.sqrt(count)
  const elements = draft.elements((scaleOf(x) * weightScale) / multiplier)
  const epilogue = {
    weights: `${name}/weights`,
    bias: hasBias ? `${name}/bias` : null,
    activation: clampOf(draft),
    residual: false,
  }
  return { epilogue, elements }
}

/** A name that no product of the draft has: each brings weights along. */
const fresh = ({ params }: QuantizedDraft): string => `product${params.size}`

const conv2d: Step = draft => {
  const x = recent(draft, isImage)
  if (!x) return null
  const channels = channelsOf(x)
  const groups = draft.chance(0.3) ? divisor(channels, draft.below(9)) : 1
  const filters = groups * draft.from(1, Math.max(1, Math.floor(9 / groups)))
  const isPointwise = draft.chance(0.4)
  const sliding = window(draft, x)
  const op = isPointwise
    ? { kernel: [1, 1] as const, strides: [1, 1] as const, dilations: [1, 1] as const, padding: none }
    : sliding
  const count = op.kernel[0] * op.kernel[1] * (channels / groups)
  const name = fresh(draft)
  const { epilogue, elements } = product(draft, x, name, [...op.kernel, channels / groups, filters], filters, 3, count)
  return draft.b.op({ kind: 'conv2d', filters, groups, ...op, ...epilogue }, [x], { name, elements })
}

const none: Padding = { top: 0, bottom: 0, left: 0, right: 0 }

const depthwiseConv2d: Step = draft => {
  const x = recent(draft, isImage)
  if (!x) return null
  const channels = channelsOf(x)
  const multiplier = draft.chance(0.3) ? draft.from(2, 3) : 1
  const op = window(draft, x)
  const name = fresh(draft)
  const shape = [...op.kernel, channels, multiplier]
  const { epilogue, elements } = product(draft, x, name, shape, channels * multiplier, 2, op.kernel[0] * op.kernel[1])
  return draft.b.op({ kind: 'depthwiseConv2d', multiplier, ...op, ...epilogue }, [x], { name, elements })
}

const dense: Step = draft => {
  const x = recent(draft)
  if (!x) return null
  const flat = x.shape.length === 2 ? x : draft.b.flatten(x)
  const features = channelsOf(flat)
  const units = draft.from(1, 9)
  const name = fresh(draft)
  const { epilogue, elements } = product(draft, flat, name, [features, units], units, 1, features)
  return draft.b.op({ kind: 'dense', units, ...epilogue }, [flat], { name, elements })
}

const binary: Step = draft => {
  const a = recent(draft)
  if (!a) return null
  const stretches = (value: Value): boolean =>
    value.shape.length === a.shape.length && value.shape.every((extent, i) => extent === a.shape[i] || extent === 1)
  const stretched = a.shape.map((extent, axis) => (axis > 0 && draft.chance(0.5) ? 1 : extent))
  const b = draft.chance(0.3) ? draft.constant(stretched, scaleOf(a)) : draft.choose(draft.values.filter(stretches))
  const operator = draft.choose([...binaryOperators, 'add', 'add', 'sub', 'mul'] as const)
  const [p, q] = draft.chance(0.5) ? [a, b] : [b, a]
  const [r, s] = [scaleOf(p), scaleOf(q)]
  const near = { add: r + s, sub: r + s, mul: r * s * 60, div: (r / s) * 0.1, max: r, min: s }[operator]
  // Ratios that the shorter arithmetic does not take are rare.
  const far = draft.chance(0.1) ? draft.choose([2 ** -11, 2 ** 9, 2 ** 12]) : 1
  return draft.b.binary(operator, p, q, { elements: draft.elements(near * far) })
}

const pool =
  (kind: 'averagePool' | 'maxPool'): Step =>
  draft => {
    const x = recent(draft, isImage)
    if (!x) return null
    const [height, width] = [x.shape[1] as number, x.shape[2] as number]
    const kernel: Size2 = [draft.from(1, Math.min(3, height)), draft.from(1, Math.min(3, width))]
    const side = (taps: number): number => draft.from(0, taps - 1)
    const padding: Padding = {
      top: side(kernel[0]),
      bottom: side(kernel[0]),
      left: side(kernel[1]),
      right: side(kernel[1]),
    }
    const windowed = { kernel, strides: [draft.from(1, 2), draft.from(1, 2)] as const, padding }
    if (kind === 'maxPool') return draft.b.op({ kind, ...windowed }, [x])
    const elements: ElementType = draft.chance(0.5) ? x : draft.elements(scaleOf(x))
    return draft.b.op({ kind, ...windowed, countPadding: draft.chance(0.4) }, [x], { elements: typeOf(elements) })
  }

const typeOf = ({ dtype, quantization }: ElementType): ElementType => ({ dtype, ...(quantization && { quantization }) })

const globalAveragePool: Step = draft => {
  const x = recent(draft, isImage)
  if (!x) return null
  const elements = draft.chance(0.3) ? typeOf(x) : draft.elements(scaleOf(x) / 4)
  return draft.b.op({ kind: 'globalAveragePool', keepDims: draft.chance(0.5) }, [x], { elements })
}

const resize: Step = draft => {
  const x = recent(draft, isImage)
  if (!x) return null
  return draft.b.resize(x, {
    size: [draft.from(1, 7), draft.from(1, 7)],
    filter: draft.chance(0.7) ? 'bilinear' : 'nearest',
    coordinates: draft.choose(resizeCoordinates),
    rounding: draft.choose(resizeRoundings),
    scales: draft.chance(0.1) ? [1.5, 0.75] : null,
  })
}

const depthToSpace: Step = draft => {
  const block: Size2 = [draft.from(1, 3), draft.from(1, 2)]
  const x = recent(draft, value => isImage(value) && channelsOf(value) % (block[0] * block[1]) === 0)
  if (!x) return null
  const size = [0, 1].map(
    axis => (x.shape[axis + 1] as number) * (block[axis] as number) - draft.below(block[axis] as number),
  )
  return draft.b.depthToSpace(x, { block, size: size as [number, number] })
}

const pad: Step = draft => {
  const x = recent(draft, ({ shape }) => shape.length > 1)
  if (!x) return null
  const pads = x.shape.map((_, axis) => (axis === 0 ? ([0, 0] as const) : ([draft.below(2), draft.below(3)] as const)))
  return draft.b.op({ kind: 'pad', pads, value: draft.choose([0, 0, 1.25, -1e9]) }, [x])
}

const concat: Step = draft => {
  const x = recent(draft, ({ shape }) => shape.length > 1)
  if (!x) return null
  const axis = draft.from(1, x.shape.length - 1)
  const fits = ({ shape }: Value): boolean =>
    shape.length === x.shape.length && shape.every((extent, i) => i === axis || extent === x.shape[i])
  const other = (): Value =>
    draft.chance(0.2) ? draft.constant(x.shape, scaleOf(x)) : draft.choose(draft.values.filter(fits))
  const operands = [x, other(), other()]
  const elements = draft.chance(0.5) ? typeOf(x) : draft.elements(scaleOf(x))
  return draft.b.op({ kind: 'concat', axis }, operands.slice(0, draft.from(1, 3)), { elements })
}

/** Ops of one operand whose result has its shape, and the scale that the result is near. */
const unary =
  (make: (draft: QuantizedDraft) => Op, near: (x: Value) => number): Step =>
  draft => {
    const x = recent(draft)
    return x && draft.b.op(make(draft), [x], { elements: draft.elements(near(x)) })
  }

const reshape: Step = draft => {
  const x = recent(draft)
  if (!x) return null
  const count = x.shape.slice(1).reduce((product, extent) => product * extent, 1)
  const first = divisor(count, draft.below(9))
  return draft.b.reshape(x, draft.choose([[count], [first, count / first], [1, first, count / first]]))
}

const conversion: Step = draft => {
  const x = recent(draft)
  if (!x) return null
  const far = draft.chance(0.2) ? draft.choose([2 ** -9, 2 ** 9]) : 1
  const elements = draft.chance(0.2) ? flipped(x) : draft.elements(scaleOf(x) * far)
  return draft.b.quantize(draft.chance(0.3) ? draft.b.dequantize(x) : x, elements)
}

/** The other dtype of bytes with the same scale and the zero point 128 away. */
function flipped({ dtype, quantization }: Value): ElementType {
  const { scale, zeroPoint } = quantization as { scale: number; zeroPoint: number }
  return dtype === 'int8'
    ? { dtype: 'uint8', quantization: { scale, zeroPoint: zeroPoint + 128 } }
    : { dtype: 'int8', quantization: { scale, zeroPoint: zeroPoint - 128 } }
}

const steps: readonly Step[] = [
  conv2d,
  conv2d,
  conv2d,
  depthwiseConv2d,
  depthwiseConv2d,
  dense,
  binary,
  binary,
  pool('averagePool'),
  pool('maxPool'),
  globalAveragePool,
  resize,
  resize,
  depthToSpace,
  pad,
  concat,
  reshape,
  conversion,
  unary(
    () => ({ kind: 'softmax' }),
    () => 1 / 256,
  ),
  unary(
    () => ({ kind: 'sigmoid' }),
    () => 1 / 256,
  ),
  unary(
    () => ({ kind: 'hardSwish' }),
    x => scaleOf(x),
  ),
  unary(
    draft => clampOf(draft) ?? { kind: 'clamp', authored: 'clamp', min: -1, max: 1 },
    x => scaleOf(x),
  ),
  draft => {
    const x = recent(draft)
    return x && draft.b.dropout(x, 0.5)
  },
]

/** Values of more elements than this are not computed on. */
const roomOf = 1500

/** Adds one step to a draft, unless none of its values suits it. */
export function addStep(draft: QuantizedDraft): void {
  const value = draft.choose(steps)(draft)
  if (value && value.shape.reduce((product, extent) => product * extent, 1) <= roomOf) draft.values.push(value)
}

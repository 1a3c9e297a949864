import fc from 'fast-check'
import {
  type Bounds,
  dilatedExtent,
  elementCount,
  type GraphBuilder,
  type Padding,
  type PaddingLike,
  resolvePadding,
  type Size2,
  sameShape,
  type Value,
} from '../src/index.ts'

/** A graph in the making. */
export interface Draft {
  readonly b: GraphBuilder
  /** Float values, oldest first. */
  readonly values: Value[]
  /** Those that lie in [-2, 2]: products of anything else could grow without bound. */
  readonly small: Set<Value>
}

/** Adds nodes to a draft and returns the value they compute; null where no value of the draft suits. */
export type Step = (draft: Draft) => Value | null

/** Which of the suitable values, counted from the youngest: chains are what passes feed on, so that one is likeliest. */
const back = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(9))
const upTo = (max: number) => fc.integer({ min: 1, max })
const size2 = (max: number): fc.Arbitrary<Size2> => fc.tuple(upTo(max), upTo(max))
const side = fc.nat(2)

function pick(values: readonly Value[], back: number): Value | null {
  return values.at(-1 - (back % Math.max(values.length, 1))) ?? null
}

const images = ({ values }: Draft): readonly Value[] => values.filter(value => value.shape.length === 4)
const channelsOf = (value: Value): number => value.shape.at(-1) as number

/** The divisor of `whole` that `choice` falls on. */
function divisor(whole: number, choice: number): number {
  const divisors = Array.from({ length: whole }, (_, i) => i + 1).filter(d => whole % d === 0)
  return divisors[choice % divisors.length] as number
}

interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: PaddingLike
  readonly dilations: Size2
}

const window = {
  kernel: size2(3),
  strides: fc.oneof(fc.constant<Size2>([1, 1]), size2(3)),
  dilations: fc.oneof(fc.constant<Size2>([1, 1]), size2(2)),
  padding: fc.oneof(
    fc.constantFrom<PaddingLike>('same', 'valid', 1),
    fc.record<Padding>({ top: side, bottom: side, left: side, right: side }),
  ),
}

/** The window with its padding resolved; SAME where it would not fit the image, or a pool's padding is as large as the pool. */
function fitted(x: Value, { kernel, strides, padding, dilations }: Window, pool: boolean) {
  const image: Size2 = [x.shape[1] as number, x.shape[2] as number]
  const given = resolvePadding(padding, image, kernel, strides, dilations)
  const fits =
    image[0] + given.top + given.bottom >= dilatedExtent(kernel[0], dilations[0]) &&
    image[1] + given.left + given.right >= dilatedExtent(kernel[1], dilations[1]) &&
    !(pool && (Math.max(given.top, given.bottom) >= kernel[0] || Math.max(given.left, given.right) >= kernel[1]))
  return {
    kernel,
    strides,
    dilations,
    padding: fits ? given : resolvePadding('same', image, kernel, strides, dilations),
  }
}

const bounds: fc.Arbitrary<Bounds> = fc.oneof(
  fc.constantFrom({ min: 0, max: 6 }, { min: 0, max: Infinity }, { min: -Infinity, max: Infinity }),
  fc.record({ min: fc.constantFrom(-1, -0.25, 0.125), max: fc.constantFrom(0.25, 0.5, Infinity) }),
)

const conv2d = fc.record({ back, ...window, bias: fc.boolean(), groups: fc.nat(3), perGroup: upTo(3) }).map(
  ({ back, bias, groups: choice, perGroup, ...options }): Step =>
    draft => {
      const x = pick(images(draft), back)
      if (!x) return null
      const groups = divisor(channelsOf(x), choice)
      return draft.b.conv2d(x, { ...fitted(x, options, false), groups, filters: groups * perGroup, bias })
    },
)

const depthwiseConv2d = fc.record({ back, ...window, bias: fc.boolean(), multiplier: fc.constantFrom(1, 1, 2, 3) }).map(
  ({ back, bias, multiplier, ...options }): Step =>
    draft => {
      const x = pick(images(draft), back)
      return x && draft.b.depthwiseConv2d(x, { ...fitted(x, options, false), multiplier, bias })
    },
)

const dense = fc.record({ back, bias: fc.boolean(), units: upTo(6) }).map(
  ({ back, bias, units }): Step =>
    ({ b, values }) => {
      const x = pick(values, back)
      return x && b.dense(x.shape.length === 2 ? x : b.flatten(x), { units, bias })
    },
)

/** Two products with the same weights, each with a batch norm of its own or without one, added. */
const twins = fc.record({ back, norms: fc.tuple(fc.boolean(), fc.boolean()) }).map(
  ({ back, norms }): Step =>
    draft => {
      const { b } = draft
      const x = pick(images(draft), back)
      if (!x) return null
      const weights = `shared_${x.id}_${draft.values.length}`
      const twin = (norm: boolean): Value => {
        const y = b.conv2d(x, { filters: 3, kernel: 1, weights, bias: `${weights}:bias` })
        return norm ? b.batchNorm(y) : y
      }
      return b.add(twin(norms[0]), twin(norms[1]))
    },
)

/** A projection that passes have been at already: its epilogue adds the projected value itself, and clamps. */
const fused = fc.record({ back, bias: fc.boolean(), residual: fc.boolean(), clamp: fc.option(bounds) }).map(
  ({ back, bias, residual, clamp }): Step =>
    draft => {
      const x = pick(images(draft), back)
      if (!x) return null
      const name = `fused_${x.id}_${draft.values.length}`
      const op = {
        kind: 'conv2d',
        filters: channelsOf(x),
        groups: 1,
        kernel: [1, 1],
        strides: [1, 1],
        dilations: [1, 1],
        padding: { top: 0, bottom: 0, left: 0, right: 0 },
        weights: `${name}/weights`,
        bias: bias ? `${name}/bias` : null,
        clamp,
        residual,
      } as const
      return draft.b.op(op, residual ? [x, x] : [x], { name })
    },
)

const batchNorm = fc
  .record({ back, scale: fc.boolean(), center: fc.boolean(), epsilon: fc.constantFrom(1e-3, 1e-5) })
  .map(
    ({ back, ...options }): Step =>
      ({ b, values }) => {
        const x = pick(values, back)
        return x && b.batchNorm(x, options)
      },
  )

const pool = fc
  .record({
    back,
    ...window,
    dilations: fc.constant<Size2>([1, 1]),
    kind: fc.constantFrom('max', 'average', 'counting'),
  })
  .map(
    ({ back, kind, ...options }): Step =>
      draft => {
        const x = pick(images(draft), back)
        if (!x) return null
        const { dilations: _, ...fit } = fitted(x, options, true)
        return kind === 'max'
          ? draft.b.maxPool(x, fit)
          : draft.b.averagePool(x, { ...fit, countPadding: kind === 'counting' })
      },
  )

const globalAveragePool = fc.record({ back, keepDims: fc.boolean() }).map(
  ({ back, keepDims }): Step =>
    draft => {
      const x = pick(images(draft), back)
      return x && draft.b.globalAveragePool(x, { keepDims })
    },
)

type Unary = (b: GraphBuilder, x: Value) => Value
const perChannel = (x: Value, value: (c: number) => number) => Array.from({ length: channelsOf(x) }, (_, c) => value(c))

const unary = fc
  .record({
    back,
    apply: fc.oneof(
      fc.constantFrom<Unary[]>(
        (b, x) => b.relu(x),
        (b, x) => b.relu6(x),
        (b, x) => b.dropout(x, 0.5),
        (b, x) => b.normalize(x, { scale: perChannel(x, c => 0.5 + c / 16), offset: perChannel(x, c => c / 4 - 0.5) }),
      ),
      bounds.map(
        (limits): Unary =>
          (b, x) =>
            b.clamp(x, limits),
      ),
    ),
  })
  .map(
    ({ back, apply }): Step =>
      ({ b, values }) => {
        const x = pick(values, back)
        return x && apply(b, x)
      },
  )

const squash = fc.record({ back, op: fc.constantFrom('sigmoid' as const, 'softmax' as const) }).map(
  ({ back, op }): Step =>
    ({ b, values, small }) => {
      const x = pick(values, back)
      const y = x && b[op](x)
      if (y) small.add(y)
      return y
    },
)

const pad = fc
  .record({
    back,
    pads: fc.array(fc.tuple(side, side), { minLength: 3, maxLength: 3 }),
    value: fc.constantFrom(0, 0, 0.5),
  })
  .map(
    ({ back, pads, value }): Step =>
      ({ b, values }) => {
        const x = pick(values, back)
        return x && b.pad(x, [[0, 0], ...pads.slice(0, x.shape.length - 1)], { value })
      },
  )

/** Zero padding of height and width, as frameworks write it in front of a convolution. */
const padImage = fc.record({ back, padding: window.padding }).map(
  ({ back, padding }): Step =>
    draft => {
      const x = pick(images(draft), back)
      return x && draft.b.pad(x, padding === 'same' ? 'valid' : padding)
    },
)

const binary = fc
  .record({
    back,
    other: back,
    op: fc.constantFrom('add' as const, 'add' as const, 'mul' as const),
    swap: fc.boolean(),
  })
  .map(
    ({ back, other, op, swap }): Step =>
      ({ b, values, small }) => {
        const x = pick(values, back)
        if (!x) return null
        const fits = (y: Value): boolean =>
          y.shape.length === x.shape.length &&
          y.shape.every((n, axis) => n === x.shape[axis] || n === 1 || x.shape[axis] === 1)
        const y = pick(
          values.filter(value => fits(value) && (op === 'add' || small.has(value))),
          other,
        )
        if (!y) return null
        return swap ? b[op](y, x) : b[op](x, y)
      },
  )

const concat = fc.record({ back, axis: fc.nat(2), others: fc.array(back, { maxLength: 2 }) }).map(
  ({ back, axis: choice, others }): Step =>
    ({ b, values }) => {
      const x = pick(values, back)
      if (!x) return null
      const axis = 1 + (choice % (x.shape.length - 1))
      const without = (value: Value) => value.shape.with(axis, 1)
      const fits = values.filter(y => y.shape.length === x.shape.length && sameShape(without(x), without(y)))
      return b.concat([x, ...others.map(other => pick(fits, other) as Value)], axis)
    },
)

const reshape = fc.record({ back, choice: fc.nat(20), form: fc.nat(3) }).map(
  ({ back, choice, form }): Step =>
    ({ b, values }) => {
      const x = pick(values, back)
      if (!x) return null
      const whole = elementCount(x.shape.slice(1))
      const rows = divisor(whole, choice)
      const columns = divisor(whole / rows, choice + 1)
      const forms = [[whole], [rows, whole / rows], [rows, columns, whole / rows / columns], x.shape.slice(1)]
      return b.reshape(x, forms[form] as number[])
    },
)

/** One step of any kind; together they reach every op. */
export const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: conv2d },
  { weight: 2, arbitrary: depthwiseConv2d },
  { weight: 4, arbitrary: batchNorm },
  { weight: 4, arbitrary: unary },
  { weight: 3, arbitrary: binary },
  dense,
  twins,
  fused,
  pool,
  globalAveragePool,
  squash,
  gate,
  pad,
  padImage,
  concat,
  reshape,
)

import fc from 'fast-check'
import { type Activation, activationKinds, attributeNames, elementCount, sameShape } from '../../core/src/backend.ts'
import type { GraphBuilder, Value } from '../../core/src/index.ts'
import { back, bounds, channelsOf, divisor, images, pick, type Step, side } from './arbitrary-draft.ts'
import { headStep } from './arbitrary-heads.ts'
import { conv2d, dense, depthwiseConv2d, fused, padImage, pool, twins } from './arbitrary-windows.ts'

const batchNorm = fc
  .record({ back, scale: fc.boolean(), center: fc.boolean(), epsilon: fc.constantFrom(1e-3, 1e-5) })
  .map(
    ({ back, ...options }): Step =>
      ({ b, values }) => {
        const x = pick(values, back)
        return x && b.batchNorm(x, options)
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
/** Activations that are their kind alone. */
const plainActivations = activationKinds.filter(kind => attributeNames(kind).length === 0)
const perChannel = (x: Value, value: (c: number) => number) => Array.from({ length: channelsOf(x) }, (_, c) => value(c))

const unary = fc
  .record({
    back,
    apply: fc.oneof(
      fc.constantFrom<Unary[]>(
        (b, x) => b.relu(x),
        (b, x) => b.relu6(x),
        ...plainActivations.map(
          (kind): Unary =>
            (b, x) =>
              b.op({ kind } as Activation, [x]),
        ),
        (b, x) => b.dropout(x, 0.5),
        (b, x) => b.affine(x, { scale: perChannel(x, c => 0.5 + c / 16), offset: perChannel(x, c => c / 4 - 0.5) }),
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

/** An image times (or plus) one number a channel, stretched over it: squeeze-and-excite's gate, without its products. */
const gate = fc.record({ back, op: fc.constantFrom('add' as const, 'mul' as const), swap: fc.boolean() }).map(
  ({ back, op, swap }): Step =>
    draft => {
      const x = pick(images(draft), back)
      if (!x) return null
      const each = draft.b.sigmoid(draft.b.globalAveragePool(x, { keepDims: true }))
      return swap ? draft.b[op](each, x) : draft.b[op](x, each)
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
  headStep,
)

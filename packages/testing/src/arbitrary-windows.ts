import fc from 'fast-check'
import { clampTo, dilatedExtent, type Padding, resolvePadding, type Size2 } from '../../core/src/backend.ts'
import type { PaddingLike, Value } from '../../core/src/index.ts'
import { back, bounds, channelsOf, divisor, images, pick, type Step, side, size2, upTo } from './arbitrary-draft.ts'

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

export const conv2d = fc.record({ back, ...window, bias: fc.boolean(), groups: fc.nat(3), perGroup: upTo(3) }).map(
  ({ back, bias, groups: choice, perGroup, ...options }): Step =>
    draft => {
      const x = pick(images(draft), back)
      if (!x) return null
      const groups = divisor(channelsOf(x), choice)
      return draft.b.conv2d(x, { ...fitted(x, options, false), groups, filters: groups * perGroup, bias })
    },
)

export const depthwiseConv2d = fc
  .record({ back, ...window, bias: fc.boolean(), multiplier: fc.constantFrom(1, 1, 2, 3) })
  .map(
    ({ back, bias, multiplier, ...options }): Step =>
      draft => {
        const x = pick(images(draft), back)
        return x && draft.b.depthwiseConv2d(x, { ...fitted(x, options, false), multiplier, bias })
      },
  )

export const dense = fc.record({ back, bias: fc.boolean(), units: upTo(6) }).map(
  ({ back, bias, units }): Step =>
    ({ b, values }) => {
      const x = pick(values, back)
      return x && b.dense(x.shape.length === 2 ? x : b.flatten(x), { units, bias })
    },
)

/** Two products with the same weights, each with a batch norm of its own or without one, added. */
export const twins = fc.record({ back, norms: fc.tuple(fc.boolean(), fc.boolean()) }).map(
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
export const fused = fc.record({ back, bias: fc.boolean(), residual: fc.boolean(), clamp: fc.option(bounds) }).map(
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
        activation: clamp && clampTo(clamp),
        residual,
      } as const
      return draft.b.op(op, residual ? [x, x] : [x], { name })
    },
)

export const pool = fc
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

/** Zero padding of height and width, as frameworks write it in front of a convolution. */
export const padImage = fc.record({ back, padding: window.padding }).map(
  ({ back, padding }): Step =>
    draft => {
      const x = pick(images(draft), back)
      return x && draft.b.pad(x, padding === 'same' ? 'valid' : padding)
    },
)

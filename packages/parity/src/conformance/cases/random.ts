import { type Graph, GraphBuilder, type PaddingLike, type Shape, type Value } from '@depthwise/core'
import { type Activation, binaryOperators, elementCount, type Size2 } from '@depthwise/core/backend'
import fc from 'fast-check'
import { fits, placedOps } from '../placed/ops.ts'
import { channelCounts } from '../placed/placed.ts'
import { activations } from './activations.ts'

type Build = (b: GraphBuilder, x: Value) => Value

const extent = fc.integer({ min: 1, max: 13 })
const channels = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(12, 16, 24, 33, 40))
const size = (max: number): fc.Arbitrary<Size2> => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }))
const kernel = fc.oneof(fc.constant<Size2>([3, 3]), fc.constant<Size2>([1, 1]), size(5))
const activation = fc.constantFrom<Activation | null>(null, ...activations.map(([, op]) => op))
const side = fc.integer({ min: 0, max: 2 })
const padding: fc.Arbitrary<PaddingLike> = fc.oneof(
  fc.constant<PaddingLike>('same'),
  fc.record({ top: side, bottom: side, left: side, right: side }),
)
const window = { kernel, strides: size(3), padding, dilations: size(3) }
const product = { bias: fc.boolean(), activation }
/** What follows the batch in the shape of a value of any rank. */
const item = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 })

/** Ops that take images and rows, up to a size: reshapes turn channels into pixels and back, so that values grow. */
const chained = placedOps.filter(({ dtype }) => dtype === 'float32')
const maxElements = 4000

const activated = (b: GraphBuilder, y: Value, op: Activation | null): Value => (op ? b.op(op, [y]) : y)
const channelsOf = (x: Value): number => x.shape.at(-1) as number
const each = (x: Value, value: number): readonly number[] =>
  Array.from({ length: channelsOf(x) }, (_, c) => value + c / 16)

function on(shape: Shape, build: Build, dtype: 'float32' | 'uint8' | 'int8' | 'int32' = 'float32'): Graph {
  const b = new GraphBuilder()
  return b.build([build(b, b.input(shape, { name: 'x', dtype }))])
}

const elementwise: Readonly<Record<string, Build>> = {
  ...Object.fromEntries(activations.map(([name, op]): readonly [string, Build] => [name, (b, x) => b.op(op, [x])])),
  sigmoid: (b, x) => b.sigmoid(x),
  softmax: (b, x) => b.softmax(x),
  dropout: (b, x) => b.dropout(x, 0.5),
  batchNorm: (b, x) => b.batchNorm(b.clamp(x, { min: -3, max: 3 })),
  normalize: (b, x) => b.affine(x, { scale: each(x, 0.5), offset: each(x, 0.25) }),
  flatten: (b, x) => b.flatten(x),
}

/**
 * Small random graphs over every op, by families that share kernels. Counterexamples shrink towards one image of one pixel
 * and one channel.
 * @param batches how many images an input may hold
 */
export function families(batches: readonly number[] = [1, 1, 2]): Readonly<Record<string, fc.Arbitrary<Graph>>> {
  const batch = fc.constantFrom(...batches)
  /** Room on either axis keeps every dilated window inside. */
  const image = (room = 0) =>
    fc.tuple(batch, extent, extent).map(([n, height, width]) => [n, height + room, width + room] as const)

  return {
    conv2d: fc
      .record({
        image: image(12),
        ...window,
        ...product,
        groups: fc.constantFrom(1, 1, 2, 3),
        depth: fc.integer({ min: 1, max: 5 }),
        filters: fc.integer({ min: 1, max: 19 }),
      })
      .map(({ image, depth, filters, activation, ...options }) =>
        on([...image, options.groups * depth], (b, x) =>
          activated(b, b.conv2d(x, { ...options, filters: filters * options.groups }), activation),
        ),
      ),

    'pointwise, with and without a shortcut': fc
      .record({ image: image(), channels, filters: channels, ...product, shortcut: fc.boolean() })
      .map(({ image, channels, filters, bias, activation, shortcut }) =>
        on([...image, channels], (b, x) => {
          const y = b.conv2d(x, { kernel: 1, filters: shortcut ? channels : filters, bias })
          return activated(b, shortcut ? b.add(x, y) : y, activation)
        }),
      ),

    depthwiseConv2d: fc
      .record({ image: image(12), channels, ...window, ...product, multiplier: fc.constantFrom(1, 1, 1, 2, 3) })
      .map(({ image, channels, activation, ...options }) =>
        on([...image, channels], (b, x) => activated(b, b.depthwiseConv2d(x, options), activation)),
      ),

    'depthwise separable blocks and inverted residuals': fc
      .record({
        image: image(2),
        channels,
        expansion: fc.constantFrom(0, 2, 6),
        filters: channels,
        shortcut: fc.boolean(),
        strides: fc.constantFrom(1, 2),
        padding: fc.constantFrom<PaddingLike>('same', 1, { top: 0, bottom: 2, left: 1, right: 1 }),
      })
      .map(({ image, channels, expansion, filters, shortcut, strides, padding }) =>
        on([...image, channels], (b, x) => {
          const wide = expansion ? b.relu6(b.conv2d(x, { kernel: 1, filters: channels * expansion })) : x
          const filtered = b.relu6(b.depthwiseConv2d(wide, { kernel: 3, strides, padding }))
          const y = b.conv2d(filtered, { kernel: 1, filters: shortcut ? channels : filters })
          return y.shape.every((extent, axis) => extent === x.shape[axis]) ? b.add(x, y) : y
        }),
      ),

    dense: fc
      .record({
        batch,
        from: fc.integer({ min: 1, max: 70 }),
        units: fc.integer({ min: 1, max: 70 }),
        ...product,
      })
      .map(({ batch, from, units, bias, activation }) =>
        on([batch, from], (b, x) => activated(b, b.dense(x, { units, bias }), activation)),
      ),

    pools: fc
      .record({
        image: image(),
        channels,
        kernel: size(4),
        strides: size(3),
        kind: fc.constantFrom('max', 'average', 'counting', 'global'),
        keepDims: fc.boolean(),
      })
      .map(({ image, channels, kind, keepDims, ...options }) =>
        on([...image, channels], (b, x) => {
          if (kind === 'global') return b.globalAveragePool(x, { keepDims })
          if (kind === 'max') return b.maxPool(x, options)
          return b.averagePool(x, { ...options, countPadding: kind === 'counting' })
        }),
      ),

    'element by element': fc
      .record({ image: image(), channels, kind: fc.constantFrom(...Object.keys(elementwise)) })
      .map(({ image, channels, kind }) => on([...image, channels], elementwise[kind] as Build)),

    'integer pixels': fc
      .record({
        image: image(2),
        channels: fc.integer({ min: 1, max: 4 }),
        dtype: fc.constantFrom('uint8' as const, 'int8' as const, 'int32' as const),
        kernel: fc.constantFrom(1, 3),
        strides: fc.constantFrom(1, 2),
        filters: fc.integer({ min: 0, max: 9 }),
      })
      .map(({ image, channels, dtype, filters, ...options }) => {
        const scale = { uint8: 1 / 127.5, int8: 1 / 128, int32: 1e-6 }[dtype]
        return on(
          [...image, channels],
          (b, x) => {
            const reals = b.affine(x, { scale: each(x, 0).map(c => scale * (1 + c)), offset: each(x, -1) })
            return filters ? b.relu6(b.conv2d(reals, { ...options, filters })) : reals
          },
          dtype,
        )
      }),

    'binary, stretched on any axis of either operand': fc
      .record({
        batch,
        item,
        ones: fc.array(fc.constantFrom('x', 'y', 'neither'), { minLength: 4, maxLength: 4 }),
        op: fc.constantFrom(...binaryOperators),
      })
      .map(({ batch, item, ones, op }) => {
        const b = new GraphBuilder()
        const operand = (name: string): Value =>
          b.input([batch, ...item.map((extent, axis) => (ones[axis] === name ? 1 : extent))], { name })
        return b.build([b[op](operand('x'), operand('y'))])
      }),

    'ops one after another, some read twice': fc
      .record({
        batch,
        channels: fc.constantFrom(...channelCounts),
        steps: fc.array(fc.record({ op: fc.constantFrom(...chained), twice: fc.boolean() }), {
          minLength: 2,
          maxLength: 5,
        }),
      })
      .map(({ batch, channels, steps }) => {
        const b = new GraphBuilder()
        let value = b.input([batch, 3, 5, channels], { name: 'x' })
        const outputs: Value[] = []
        for (const { op, twice } of steps) {
          // Skipped, not refused, so that shorter lists of steps are graphs as well when a failure shrinks.
          if (!fits(op, value) || elementCount(value.shape) > maxElements) continue
          if (twice) outputs.push(b.clamp(value, { min: -1, max: 1 }))
          value = op.build(b, value)
        }
        return b.build([...outputs, value])
      }),

    'pad, concat and reshape, of any rank': fc
      .record({
        batch,
        item: item.filter(extents => extents.length > 0),
        axis: fc.nat(3),
        pads: fc.array(fc.tuple(side, side), { minLength: 4, maxLength: 4 }),
        value: fc.constantFrom(0, 0.5, -7.5),
        join: fc.boolean(),
        flat: fc.boolean(),
      })
      .map(({ batch, item, axis, pads, value, join, flat }) =>
        on([batch, ...item], (b, x) => {
          const padded = b.pad(x, [[0, 0], ...pads.slice(0, item.length)], { value })
          const along = axis % item.length
          const longer = item.map((_, a): readonly [number, number] => [0, a === along ? 3 : 0])
          const joined = join ? b.concat([padded, b.pad(padded, [[0, 0], ...longer]), padded], along + 1) : padded
          return flat ? b.reshape(joined, joined.shape.slice(1).toReversed()) : joined
        }),
      ),
  }
}

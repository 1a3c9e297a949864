import { type Bounds, type Graph, GraphBuilder, type PaddingLike, type Size2, type Value } from '@depthwise/core'
import fc from 'fast-check'

/** A graph of one op on random shapes, and whether its outputs are sums of products (which decides the tolerance). */
export interface OpGraph {
  readonly graph: Graph
  readonly sums: boolean
}

const extent = fc.integer({ min: 1, max: 13 })
const channels = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(12, 16, 24, 33, 40))
const size = (max: number): fc.Arbitrary<Size2> => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }))
const kernel = fc.oneof(fc.constant<Size2>([3, 3]), fc.constant<Size2>([1, 1]), size(5))
const clamp = fc.constantFrom(null, { min: 0, max: 6 }, { min: 0, max: Infinity }, { min: -0.25, max: 0.5 })
const side = fc.integer({ min: 0, max: 2 })
const padding: fc.Arbitrary<PaddingLike> = fc.oneof(
  fc.constant<PaddingLike>('same'),
  fc.record({ top: side, bottom: side, left: side, right: side }),
)
const image: fc.Arbitrary<Size2> = fc.tuple(extent, extent)
const product = { bias: fc.boolean(), clamp }
const window = { kernel, strides: size(3), padding, dilations: size(3) }

function onImage(
  [height, width]: Size2,
  channels: number,
  sums: boolean,
  build: (b: GraphBuilder, x: Value) => Value,
): OpGraph {
  const b = new GraphBuilder()
  const x = b.input([1, height, width, channels], { name: 'x' })
  return { graph: b.build([build(b, x)]), sums }
}

const clamped = (b: GraphBuilder, y: Value, clamp: Bounds | null): Value => (clamp ? b.clamp(y, clamp) : y)
/** Large enough for every dilated window. */
const roomy = ([height, width]: Size2): Size2 => [height + 12, width + 12]

const conv = fc
  .record({
    image,
    ...window,
    ...product,
    groups: fc.constantFrom(1, 1, 2, 3),
    channels: fc.integer({ min: 1, max: 5 }),
    filters: fc.integer({ min: 1, max: 19 }),
  })
  .map(({ image, channels, filters, clamp, ...options }) =>
    onImage(roomy(image), options.groups * channels, true, (b, x) =>
      clamped(b, b.conv2d(x, { ...options, filters: filters * options.groups }), clamp),
    ),
  )

const pointwise = fc
  .record({ image, channels, filters: channels, ...product, shortcut: fc.boolean() })
  .map(({ image, channels, filters, bias, clamp, shortcut }) =>
    onImage(image, channels, true, (b, x) => {
      const y = b.conv2d(x, { kernel: 1, filters: shortcut ? channels : filters, bias })
      return clamped(b, shortcut ? b.add(x, y) : y, clamp)
    }),
  )

const depthwise = fc
  .record({ image, channels, ...window, ...product, multiplier: fc.constantFrom(1, 1, 1, 2, 3) })
  .map(({ image, channels, clamp, ...options }) =>
    onImage(roomy(image), channels, true, (b, x) => clamped(b, b.depthwiseConv2d(x, options), clamp)),
  )

const separable = fc
  .record({
    image,
    channels,
    expansion: fc.constantFrom(0, 2, 6),
    filters: channels,
    strides: fc.constantFrom(1, 2),
    padding: fc.constantFrom<PaddingLike>('same', 1, { top: 0, bottom: 2, left: 1, right: 1 }),
  })
  .map(({ image, channels, expansion, filters, strides, padding }) =>
    onImage([image[0] + 2, image[1] + 2], channels, true, (b, x) => {
      const wide = expansion ? b.relu6(b.conv2d(x, { kernel: 1, filters: channels * expansion })) : x
      const filtered = b.relu6(b.depthwiseConv2d(wide, { kernel: 3, strides, padding }))
      const y = b.conv2d(filtered, { kernel: 1, filters })
      return y.shape.every((extent, axis) => extent === x.shape[axis]) ? b.add(x, y) : y
    }),
  )

const features = fc.integer({ min: 1, max: 70 })
const dense = fc.record({ from: features, units: features, ...product }).map(({ from, units, bias, clamp }) => {
  const b = new GraphBuilder()
  const x = b.input([1, from], { name: 'x' })
  return { graph: b.build([clamped(b, b.dense(x, { units, bias }), clamp)]), sums: true }
})

const pools = fc
  .record({
    image,
    channels,
    kernel: size(4),
    strides: size(3),
    kind: fc.constantFrom('max', 'average', 'counting', 'global'),
    keepDims: fc.boolean(),
  })
  .map(({ image, channels, kind, keepDims, ...window }) =>
    onImage(image, channels, kind !== 'max', (b, x) => {
      if (kind === 'global') return b.globalAveragePool(x, { keepDims })
      return kind === 'max' ? b.maxPool(x, window) : b.averagePool(x, { ...window, countPadding: kind === 'counting' })
    }),
  )

const elementwiseOps: Readonly<Record<string, (b: GraphBuilder, x: Value) => Value>> = {
  relu: (b, x) => b.relu(x),
  relu6: (b, x) => b.relu6(x),
  clamp: (b, x) => b.clamp(x, { min: -0.5, max: 0.25 }),
  sigmoid: (b, x) => b.sigmoid(x),
  softmax: (b, x) => b.softmax(x),
  dropout: (b, x) => b.dropout(x, 0.5),
  batchNorm: (b, x) => b.batchNorm(b.clamp(x, { min: -3, max: 3 })),
  normalize: (b, x) => b.normalize(x, { scale: channelValues(x, 0.5), offset: channelValues(x, 0.25) }),
  flatten: (b, x) => b.flatten(x),
  reshape: (b, x) => b.reshape(x, [(x.shape[1] as number) * (x.shape[3] as number), x.shape[2] as number]),
}

function channelValues(x: Value, value: number): readonly number[] {
  return Array.from({ length: x.shape.at(-1) as number }, (_, c) => value + c / 16)
}

const elementwise = fc
  .record({ image, channels, kind: fc.constantFrom(...Object.keys(elementwiseOps)) })
  .map(({ image, channels, kind }) =>
    onImage(
      image,
      channels,
      kind === 'batchNorm' || kind === 'normalize',
      elementwiseOps[kind] as (typeof elementwiseOps)[string],
    ),
  )

const binary = fc
  .record({
    image,
    channels,
    op: fc.constantFrom('add' as const, 'mul' as const),
    stretch: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
    swap: fc.boolean(),
  })
  .map(({ image, channels, op, stretch, swap }) =>
    onImage(image, channels, op === 'add', (b, x) => {
      const other = b.input([1, ...x.shape.slice(1).map((extent, axis) => (stretch[axis] ? 1 : extent))], { name: 'y' })
      return swap ? b[op](other, x) : b[op](x, other)
    }),
  )

const shaping = fc
  .record({
    image,
    channels,
    axis: fc.integer({ min: 1, max: 3 }),
    pads: fc.array(fc.tuple(side, side), { minLength: 3, maxLength: 3 }),
    join: fc.boolean(),
  })
  .map(({ image, channels, axis, pads, join }) =>
    onImage(image, channels, false, (b, x) => {
      const padded = b.pad(x, [[0, 0], ...pads], { value: 0.5 })
      const longer = [1, 2, 3].map((each): readonly [number, number] => [0, each === axis ? 3 : 0])
      return join ? b.concat([padded, b.pad(padded, [[0, 0], ...longer]), padded], axis) : padded
    }),
  )

/** Every op of core, by families that share kernels. */
export const arbitraryOps: Readonly<Record<string, fc.Arbitrary<OpGraph>>> = {
  conv2d: conv,
  pointwise,
  depthwiseConv2d: depthwise,
  'depthwise separable and inverted residual': separable,
  dense,
  pools,
  'element-wise': elementwise,
  'add and mul': binary,
  'pad and concat': shaping,
}

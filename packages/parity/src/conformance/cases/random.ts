import { type Bounds, GraphBuilder, type PaddingLike, type Shape, type Size2, type Value } from '@depthwise/core'
import type { Seeded } from '../seeded.ts'
import type { Case } from './case.ts'

type Family = (b: GraphBuilder, random: Seeded) => Value

const size = (random: Seeded, max: number): Size2 => [random.int(1, max), random.int(1, max)]
const channelsOf = (value: Value): number => value.shape.at(-1) as number

function channels(random: Seeded): number {
  return random.chance() ? random.int(1, 9) : random.pick([12, 16, 24, 33, 40])
}

/** An image large enough for every window below. */
function image(b: GraphBuilder, random: Seeded, channels: number, room = 0): Value {
  const batch = random.pick([1, 1, 2])
  return b.input([batch, random.int(1, 13) + room, random.int(1, 13) + room, channels], { name: 'x' })
}

function padding(random: Seeded): PaddingLike {
  if (random.chance()) return 'same'
  return { top: random.int(0, 2), bottom: random.int(0, 2), left: random.int(0, 2), right: random.int(0, 2) }
}

function clamped(b: GraphBuilder, random: Seeded, value: Value): Value {
  const bounds = random.pick<Bounds | null>([
    null,
    { min: 0, max: 6 },
    { min: 0, max: Infinity },
    { min: -0.25, max: 0.5 },
  ])
  return bounds ? b.clamp(value, bounds) : value
}

function window(random: Seeded) {
  const kernel = random.pick<Size2>([[3, 3], [1, 1], size(random, 5)])
  return {
    kernel,
    strides: size(random, 3),
    padding: padding(random),
    dilations: size(random, 3),
    bias: random.chance(),
  }
}

const families: Readonly<Record<string, Family>> = {
  conv2d: (b, random) => {
    const groups = random.pick([1, 1, 2, 3])
    const x = image(b, random, groups * random.int(1, 5), 12)
    return clamped(b, random, b.conv2d(x, { ...window(random), groups, filters: groups * random.int(1, 19) }))
  },
  'pointwise, with and without a shortcut': (b, random) => {
    const x = image(b, random, channels(random))
    const shortcut = random.chance()
    const filters = shortcut ? channelsOf(x) : channels(random)
    const y = b.conv2d(x, { kernel: 1, filters, bias: random.chance() })
    return clamped(b, random, shortcut ? b.add(x, y) : y)
  },
  depthwiseConv2d: (b, random) => {
    const x = image(b, random, channels(random), 12)
    return clamped(b, random, b.depthwiseConv2d(x, { ...window(random), multiplier: random.pick([1, 1, 1, 2, 3]) }))
  },
  'depthwise separable blocks and inverted residuals': (b, random) => {
    const x = image(b, random, channels(random), 2)
    const expansion = random.pick([0, 2, 6])
    const wide = expansion ? b.relu6(b.conv2d(x, { kernel: 1, filters: channelsOf(x) * expansion })) : x
    const pads = random.pick<PaddingLike>(['same', 1, { top: 0, bottom: 2, left: 1, right: 1 }])
    const filtered = b.relu6(b.depthwiseConv2d(wide, { kernel: 3, strides: random.int(1, 2), padding: pads }))
    const y = b.conv2d(filtered, { kernel: 1, filters: random.chance() ? channelsOf(x) : channels(random) })
    return y.shape.every((extent, axis) => extent === x.shape[axis]) ? b.add(x, y) : y
  },
  dense: (b, random) => {
    const x = b.input([random.int(1, 3), random.int(1, 70)], { name: 'x' })
    return clamped(b, random, b.dense(x, { units: random.int(1, 70), bias: random.chance() }))
  },
  pools: (b, random) => {
    const x = image(b, random, channels(random))
    const options = { kernel: size(random, 4), strides: size(random, 3) }
    return random.pick<() => Value>([
      () => b.maxPool(x, options),
      () => b.averagePool(x, options),
      () => b.averagePool(x, { ...options, countPadding: true }),
      () => b.globalAveragePool(x, { keepDims: random.chance() }),
    ])()
  },
  'element by element': (b, random) => {
    const x = image(b, random, channels(random))
    const each = (value: number): readonly number[] => Array.from({ length: channelsOf(x) }, (_, c) => value + c / 16)
    return random.pick<() => Value>([
      () => b.relu(x),
      () => b.clamp(x, { min: -0.5, max: 0.25 }),
      () => b.sigmoid(x),
      () => b.softmax(x),
      () => b.batchNorm(x),
      () => b.normalize(x, { scale: each(0.5), offset: each(0.25) }),
    ])()
  },
  'add and mul, stretched': (b, random) => {
    const x = image(b, random, channels(random))
    const other: Shape = [x.shape[0] as number, ...x.shape.slice(1).map(extent => (random.chance() ? 1 : extent))]
    const y = b.input(other, { name: 'y' })
    const op = random.pick(['add', 'mul'])
    return random.chance() ? b[op](x, y) : b[op](y, x)
  },
  'pad, concat and reshape': (b, random) => {
    const x = image(b, random, channels(random))
    const sides = (): readonly [number, number] => [random.int(0, 2), random.int(0, 2)]
    const padded = b.pad(x, [[0, 0], sides(), sides(), sides()], { value: random.pick([0, 0.5]) })
    const axis = random.int(1, 3)
    const longer = [1, 2, 3].map((a): readonly [number, number] => [0, a === axis ? 3 : 0])
    const joined = random.chance() ? b.concat([padded, b.pad(padded, [[0, 0], ...longer]), padded], axis) : padded
    const [, height, width, depth] = joined.shape as readonly [number, number, number, number]
    return random.chance() ? b.reshape(joined, [height * depth, width]) : joined
  },
}

export const familyNames: readonly string[] = Object.keys(families)

/** One graph of a family; the same for the same numbers. */
export function randomCase(family: string, random: Seeded): Case {
  const b = new GraphBuilder()
  const value = (families[family] as Family)(b, random)
  return { name: family, graph: b.build([value]) }
}

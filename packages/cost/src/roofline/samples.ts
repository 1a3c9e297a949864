import { type Graph, GraphBuilder, type Value } from '@depthwise/core'
import type { KernelClass } from './classes.ts'

/** A small graph of layers of one class, or of blocks of several: each layer is one measurement. */
export interface Sample {
  readonly class: KernelClass | 'block'
  readonly build: () => Graph
}

type Make = (b: GraphBuilder, x: Value) => Value | readonly Value[]

function sample(kind: Sample['class'], shape: readonly number[], make: Make): Sample {
  return {
    class: kind,
    build() {
      const b = new GraphBuilder()
      const made = make(b, b.input([1, ...shape], { name: 'input' }))
      return b.build('id' in made ? [made] : made)
    },
  }
}

const pointwise = (map: number, narrow: number, wide: number): Sample =>
  sample('pointwise', [map, map, narrow], (b, x) => {
    const to = (y: Value, filters: number) => b.relu6(b.conv2d(y, { filters, kernel: 1 }))
    return to(to(to(to(x, wide), narrow), wide), narrow)
  })

/**
 * Depthwise layers between pointwise ones, as in V1: alone, they would find their operand in a nearer cache than they do in
 * any network.
 */
const separable = (map: number, channels: number): Sample =>
  sample('depthwise', [map, map, channels], (b, x) => {
    const layer = (y: Value, strides: number) =>
      b.relu6(b.conv2d(b.relu6(b.depthwiseConv2d(y, { kernel: 3, strides })), { filters: channels, kernel: 1 }))
    return layer(layer(layer(x, 1), 1), 2)
  })

const convolution = (map: number, channels: number, filters: number, strides = 1): Sample =>
  sample(channels < 8 ? 'stem' : 'convolution', [map, map, channels], (b, x) =>
    b.relu6(b.conv2d(x, { filters, kernel: 3, strides })),
  )

const dense = (...widths: readonly [number, ...number[]]): Sample =>
  sample('dense', [widths[0]], (b, x) => widths.slice(1).reduce((y, units) => b.dense(y, { units }), x))

const element = (map: number, channels: number): Sample =>
  sample('element', [map, map, channels], (b, x) => b.add(b.relu(b.add(b.relu(x), x)), x))

const sigmoid = (...shape: readonly number[]): Sample => sample('sigmoid', shape, (b, x) => b.sigmoid(x))

const softmax = (...shape: readonly number[]): Sample => sample('softmax', shape, (b, x) => b.softmax(x))

const pool = (map: number, channels: number): Sample =>
  sample('pool', [map, map, channels], (b, x) => b.maxPool(x, { kernel: 3, strides: 2 }))

const globalPool = (map: number, channels: number): Sample =>
  sample('globalPool', [map, map, channels], (b, x) =>
    b.globalAveragePool(b.conv2d(x, { filters: channels, kernel: 1 })),
  )

const pad = (map: number, channels: number): Sample =>
  sample('pad', [map, map, channels], (b, x) => b.maxPool(b.pad(x, 1), { kernel: 3, strides: 2 }))

const concat = (map: number, channels: number): Sample =>
  sample('concat', [map, map, channels], (b, x) => b.relu(b.concat([x, b.relu(x)], 3)))

/** Whole blocks, since backends may fuse them: their layers then give one measurement together. */
const block = (map: number, channels: number, expansion: number): Sample =>
  sample('block', [map, map, channels], (b, x) => {
    const wide = b.relu6(b.conv2d(x, { filters: expansion * channels, kernel: 1 }))
    const deep = b.relu6(b.depthwiseConv2d(wide, { kernel: 3 }))
    return b.add(x, b.conv2d(deep, { filters: channels, kernel: 1 }))
  })

/**
 * Layers of MobileNets' kinds at sizes that span theirs, from overhead alone to work alone, the small ones of each class
 * first. No network is among them.
 */
export const samples: readonly Sample[] = [
  pointwise(3, 24, 96),
  pointwise(7, 16, 48),
  pointwise(4, 128, 256),
  pointwise(14, 16, 96),
  pointwise(7, 96, 384),
  pointwise(28, 8, 48),
  pointwise(14, 64, 128),
  pointwise(7, 160, 960),
  pointwise(14, 64, 384),
  pointwise(28, 32, 96),
  pointwise(56, 16, 32),
  pointwise(6, 512, 512),
  pointwise(20, 96, 96),
  pointwise(4, 1024, 1024),
  pointwise(28, 128, 128),
  pointwise(14, 256, 512),
  pointwise(56, 48, 64),
  separable(4, 64),
  separable(28, 8),
  separable(14, 64),
  separable(7, 256),
  separable(28, 48),
  separable(64, 8),
  separable(14, 192),
  separable(56, 32),
  separable(112, 16),
  separable(7, 640),
  separable(28, 128),
  separable(14, 384),
  separable(56, 96),
  separable(112, 32),
  convolution(48, 3, 8, 2),
  convolution(96, 3, 16, 2),
  convolution(96, 3, 32, 2),
  convolution(160, 3, 8, 2),
  convolution(160, 3, 24, 2),
  convolution(224, 3, 32, 2),
  convolution(7, 16, 16),
  convolution(14, 32, 32),
  convolution(7, 128, 128),
  convolution(28, 32, 64),
  dense(64, 10, 64),
  dense(256, 500, 256),
  dense(1024, 1000, 1024),
  element(7, 64),
  element(28, 32),
  element(14, 256),
  element(56, 64),
  sigmoid(100),
  sigmoid(14, 14, 32),
  softmax(100),
  softmax(1000),
  softmax(10_000),
  pool(7, 64),
  pool(28, 64),
  globalPool(4, 64),
  globalPool(7, 512),
  globalPool(14, 256),
  pad(7, 64),
  pad(28, 64),
  concat(7, 64),
  concat(28, 64),
  block(14, 16, 6),
  block(14, 64, 6),
  block(7, 96, 6),
  block(28, 32, 6),
  block(56, 24, 6),
]

/** Square dense layers that read so many bytes of weights in all, each once: nothing but streaming. */
export function streamingGraph(bytes: number): Graph {
  const side = bytes > 2 ** 21 ? 1024 : 128
  const b = new GraphBuilder()
  let x = b.input([1, side], { name: 'input' })
  for (let layer = 0; layer < bytes / (4 * side * side); layer++) x = b.dense(x, { units: side, bias: false })
  return b.build([x])
}

/** From what every second-level cache holds to what hardly any last-level cache does. */
export const streamingFootprints: readonly number[] = [2 ** 17, 2 ** 19, 2 ** 21, 2 ** 22, 2 ** 23, 2 ** 24, 2 ** 25]

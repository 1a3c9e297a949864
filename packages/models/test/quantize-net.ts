import { GraphBuilder, type Model, type Normalization, type Tensor, type Value } from '@depthwise/core'
import { randomParams, randomReals } from '@depthwise/testing/random-params'
import type { PixelImage } from '../src/index.ts'

/** Images of soft stripes and grain, each another. */
export function stripes(count: number, seed = 1, size = 16): readonly PixelImage[] {
  const random = randomReals(seed)
  return Array.from({ length: count }, () => {
    const [fx, fy, phase] = [random(), random(), 6 * random()]
    const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size), i % 3]
      return 110 + 90 * Math.sin(fx * x + fy * y + phase + c) + 30 * random()
    })
    return { width: size, height: size, channels: 3, data }
  })
}

interface Made {
  readonly normalization?: Normalization
  /** In place of random numbers. */
  readonly params?: Readonly<Record<string, Tensor>>
  readonly shape?: readonly [number, number, number, number]
}

/** A small network of reals on images, with numbers as a trained network might have them. */
export function small(body: (b: GraphBuilder, x: Value) => Value, made: Made = {}): Model {
  const { normalization = 'signed', params = {}, shape = [1, 16, 16, 3] } = made
  const b = new GraphBuilder()
  const graph = b.build([body(b, b.input(shape, { name: 'image' }))])
  return {
    graph,
    params: new Map([...randomParams(graph), ...Object.entries(params)]),
    metadata: { preprocessing: { crop: 'squeeze', normalization } },
  }
}

/** A stem, a depthwise separable layer, a shortcut, and a classifier with a softmax: what MobileNets are made of. */
export function mobile(b: GraphBuilder, x: Value, activation: 'relu' | 'relu6' = 'relu6'): Value {
  const act = (value: Value): Value => b[activation](value)
  const stem = act(b.batchNorm(b.conv2d(x, { name: 'stem', filters: 8, kernel: 3, strides: 2, bias: false })))
  const expanded = act(b.conv2d(stem, { name: 'expand', filters: 16, kernel: 1 }))
  const inner = act(b.depthwiseConv2d(expanded, { name: 'depthwise', kernel: 3 }))
  const sum = b.add(stem, b.conv2d(inner, { name: 'project', filters: 8, kernel: 1 }), { name: 'sum' })
  const features = b.globalAveragePool(sum, { name: 'pool' })
  return b.softmax(b.dense(features, { name: 'logits', units: 10 }), { name: 'probabilities' })
}

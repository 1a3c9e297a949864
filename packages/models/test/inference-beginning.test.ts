import {
  createSession,
  GraphBuilder,
  type Network,
  type Normalization,
  OptionError,
  ShapeError,
  type Tensor,
} from '@depthwise/core'
import { randomParams, randomReals } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { beginInBytes, normalize } from '../src/index.ts'
import { reference, wasm } from './neighbours.ts'

const [height, width] = [9, 7]

/** A padded and strided convolution, as networks begin with. */
function networkOf(name = 'input'): Network {
  const b = new GraphBuilder()
  const x = b.input([1, height, width, 3], { name })
  const graph = b.build([b.relu6(b.conv2d(x, { filters: 5, kernel: 3, strides: 2, padding: 'same' }), { name: 'out' })])
  return { graph, params: randomParams(graph) }
}

const real = randomReals(7)
const bytes = Uint8Array.from({ length: height * width * 3 }, () => 256 * real())

const normalizations: readonly Normalization[] = [
  'signed',
  'imagenet',
  { mean: 120, std: 70 },
  { mean: [103.94, 116.78, 123.68], std: [50, 58.8, 70] },
  { mean: [103.94, 116.78, 123.68], std: [50, 58.8, 70], order: 'bgr' },
  { mean: 0, std: 255, order: 'bgr' },
]

describe('a network that begins in bytes', () => {
  for (const backend of [reference(), wasm()]) {
    it.each(normalizations)(`normalises them as the host would, on ${backend.name}: %j`, async normalization => {
      const network = networkOf()
      const begun = beginInBytes(network, normalization)
      await using own = await createSession(network.graph, network.params, { backends: [backend] })
      await using inBytes = await createSession(begun.graph, begun.params, { backends: [backend] })
      const { out: expected } = await own.run({ input: normalize(bytes, normalization) })
      const { out: found } = await inBytes.run({ input: bytes })
      const values = (found as Tensor).data
      for (const [i, value] of (expected as Tensor).data.entries()) expect(values[i]).toBeCloseTo(value, 4)
    })
  }

  it('keeps what else the network has, and its parameters', () => {
    const model = { ...networkOf(), metadata: { name: 'net' } }
    expect(beginInBytes(model, 'unit')).toMatchObject({ params: model.params, metadata: { name: 'net' } })
    const params = new Map([...model.params, ['input/order', model.params.values().next().value as Tensor]] as const)
    const reversed = beginInBytes({ ...model, params }, { mean: 0, std: 1, order: 'bgr' })
    for (const [name, value] of params) expect(reversed.params.get(name)).toBe(value)
    expect([...reversed.params.keys()]).toContain('input/order_')
  })

  it('takes RGB: a graph of gray images is refused by its input', () => {
    const b = new GraphBuilder()
    const gray = b.build([b.relu(b.input([1, 4, 4, 1], { name: 'gray' }))])
    expect(() => beginInBytes(gray, 'unit')).toThrow(ShapeError)
    expect(() => beginInBytes(gray, 'unit')).toThrow('"gray"')
    expect(() => beginInBytes(gray, 'unit')).toThrow('expected 3 channels, for RGB pixels, found 1')
  })

  it('needs the network, not the graph alone, to take blue first', () => {
    const { graph } = networkOf()
    expect(beginInBytes(graph, { mean: 1, std: 2 }).nodes).toHaveLength(graph.nodes.length + 1)
    const start = () => beginInBytes(graph, { mean: 1, std: 2, order: 'bgr' })
    expect(start).toThrow(OptionError)
    expect(start).toThrow('a network in place of its graph')
  })
})

import { createSession, type Network, type NodeId, tensor } from '@depthwise/core'
import { describe, expect, test } from 'vitest'
import { equalize } from '../src/quantize/equalization.ts'
import { answersOf, floatNetwork } from '../src/quantize/float-network.ts'
import { observe } from '../src/quantize/observe.ts'
import { reference } from './neighbours.ts'
import { mobile, small, stripes } from './quantize-net.ts'

const backends = [reference()]
const images = stripes(4).map(({ data }) => Uint8Array.from(data))

async function answers({ graph, params }: Network, id: NodeId): Promise<readonly Float32Array[]> {
  const { name } = graph.nodes.find(node => node.id === id) as { readonly name: string }
  await using session = await createSession(graph, params, { backends, expose: [id] })
  const all: Float32Array[] = []
  for (const image of images) all.push((await session.run({ image_bytes: image }))[name]?.data as Float32Array)
  return all
}

/** The network, its inputs under a name of the test. */
function floats(activation: 'relu' | 'relu6', largest = 1) {
  const model = small((b, x) => mobile(b, x, activation))
  const gamma = tensor([8], new Float32Array(8).fill(largest))
  const network = floatNetwork({ ...model, params: new Map([...model.params, ['batchNorm_2/gamma', gamma]]) }, 'signed')
  const nodes = network.graph.nodes.map(node => (node.op.kind === 'input' ? { ...node, name: 'image_bytes' } : node))
  return { ...network, graph: { ...network.graph, nodes } }
}

describe('equalization', () => {
  test.each(['relu', 'relu6'] as const)(
    'leaves what a network with %s computes as it is, up to rounding',
    async activation => {
      const network = floats(activation, 0.1)
      const seen = await observe(network, [], images, { backends })
      const { network: equalized, pairs, unclamped } = equalize(network, seen)
      expect(pairs).toBe(2)
      expect(unclamped).toBe(activation === 'relu6' ? 2 : 0)
      const [id] = answersOf(network.graph) as readonly [NodeId]
      const [before, after] = [await answers(network, id), await answers(equalized, id)]
      for (const [i, values] of before.entries()) {
        for (const [c, value] of values.entries()) expect(after[i]?.[c]).toBeCloseTo(value, 4)
      }
      // The channels that only a depthwise layer reads reach as far as each other.
      const peaks = (await observe(equalized, [], images, { backends })).peaks
      const expand = equalized.graph.nodes.find(
        ({ name, op }) => op.kind === 'conv2d' && op.filters === 16 && name,
      ) as {
        readonly id: NodeId
      }
      for (const peak of peaks.get(expand.id) ?? []) if (peak > 0) expect(peak).toBeCloseTo(1, 4)
    },
  )

  test('leaves pairs alone whose clamp images reach', async () => {
    const network = floats('relu6', 40)
    const seen = await observe(network, [], images, { backends })
    const { pairs, left, network: equalized } = equalize(network, seen)
    expect(left).toBeGreaterThan(0)
    expect(pairs + left).toBe(2)
    const [id] = answersOf(network.graph) as readonly [NodeId]
    const [[before], [after]] = [await answers(network, id), await answers(equalized, id)]
    for (const [c, value] of before?.entries() ?? []) expect(after?.[c]).toBeCloseTo(value, 4)
  })
})

import { readFile } from 'node:fs/promises'
import { chain, type Graph, type NodeId, nodeIndex, type Params } from '@depthwise/core'
import { readManifest, readNpy, readTFLite } from '@depthwise/formats'
import { webgpu } from '@depthwise/ops-webgpu'
import { expect, it } from 'vitest'
import { describeShared, sharedBytes } from '../../formats/test/shared.ts'
import { evaluated } from '../../ops-cpu/test/agreement.ts'
import { openDevice } from './device.ts'

const device = await openDevice()
const soak = process.env['DEPTHWISE_SOAK'] !== undefined
const photos = ['bird', 'burger', 'cat', 'dragonfly', 'grace_hopper', 'parrot']
const some = soak ? photos : photos.slice(0, 1)

const recorded = (path: string): Float32Array => Float32Array.from(readNpy(sharedBytes(`golden/${path}.npy`)).data)

/** The value the softmax at the end reads, or the output itself. */
function logitsOf(graph: Graph): NodeId {
  const nodes = nodeIndex(graph)
  const last = nodes.get(graph.outputs[0] as NodeId)
  return last?.op.kind === 'softmax' ? (last.inputs[0] as NodeId) : (last?.id as NodeId)
}

function top5(values: ArrayLike<number>): readonly number[] {
  return [...Array(values.length).keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0)).slice(0, 5)
}

/** Within 1e-3 of the largest logit, and the same five on top. */
function expectLogits(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const furthest = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
  expect(furthest / largest).toBeLessThan(1e-3)
  expect(top5(actual)).toEqual(top5(expected))
}

/** Our logits on the device and the reference's, by photo. */
async function* both(graph: Graph, params: Params, pixels: (photo: string) => Float32Array) {
  const logits = logitsOf(graph)
  const name = nodeIndex(graph).get(logits)?.name as string
  const input = nodeIndex(graph).get(graph.inputs[0] as NodeId)?.name as string
  const bare = { ...graph, outputs: [logits] }
  await using executable = await webgpu({ device }).compile(bare, params)
  for (const photo of some) {
    const inputs = { [input]: pixels(photo) }
    const [actual, expected] = [await executable.run(inputs), await evaluated({ graph: bare, params }, inputs)]
    yield [actual[name]?.data as Float32Array, expected[name]?.data as Float32Array] as const
  }
}

describeShared('real networks on real photos (all six in the soak)', () => {
  it("V2 1.0 in float: an independent runtime's logits", async () => {
    const folder = new URL('../../../../shared/checkpoints/mobilenet_v2_1.0_224_float/', import.meta.url)
    const { graph, params } = await readManifest(file => readFile(new URL(file, folder)))
    await using executable = await webgpu({ device }).compile({ ...graph, outputs: [logitsOf(graph)] }, params)
    const input = nodeIndex(graph).get(graph.inputs[0] as NodeId)?.name as string
    for (const photo of some) {
      const pixels = recorded(`${photo}.slim_central_224`).map(value => value / 127.5 - 1)
      const [logits] = Object.values(await executable.run({ [input]: pixels }))
      expectLogits(logits?.data as Float32Array, recorded(`${photo}.v2_float_logits`))
    }
  })

  it('V1 1.0, its extractor and its head chained: the reference', async () => {
    const [extractor, head] = [
      'mobilenet_v1_1.0_224_quant_embedding_extractor',
      'mobilenet_quant_v1_224_head_layers',
    ].map(name => readTFLite(sharedBytes(`checkpoints/${name}.tflite`)))
    if (!extractor || !head) throw new Error('two files are read')
    const params = new Map([...extractor.params, ...head.params])
    const pixels = (photo: string) => recorded(`litert/${photo}.224.u8.input`).map(value => (value - 128) / 128)
    for await (const [actual, expected] of both(chain(extractor.graph, head.graph), params, pixels)) {
      expectLogits(actual, expected)
    }
  })

  it('V1 0.25 (in the soak also V2 1.0 with clamps to quantised ranges): the reference', async () => {
    for (const name of ['mobilenet_v1_0.25_224_1_default_1', ...(soak ? ['tf2_mobilenet_v2_1.0_224_ptq'] : [])]) {
      const { graph, params } = readTFLite(sharedBytes(`checkpoints/${name}.tflite`))
      const pixels = (photo: string) => recorded(`litert/${photo}.224.f11.input`)
      for await (const [actual, expected] of both(graph, params, pixels)) expectLogits(actual, expected)
    }
  })
})

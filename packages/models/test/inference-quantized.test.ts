import { createSession, GraphBuilder, type Model, type Normalization, type Preprocessing } from '@depthwise/core'
import { dtypeOf, verify } from '@depthwise/core/backend'
import { golden, readGolden } from '@depthwise/testing/recordings'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, it } from 'vitest'
import {
  beginInBytes,
  createClassifier,
  createEmbedder,
  endInProbabilities,
  type ImageInput,
  imageInput,
  imageValues,
} from '../src/index.ts'
import { readTFLite, reference, wasm } from './neighbours.ts'
import { readPhoto } from './pixels-golden.ts'

const squeeze = { crop: 'squeeze', resampling: { filter: 'bilinear', antialias: true } } as const
const load = (name: string): Promise<Model> =>
  readTFLite(sharedBytes(`checkpoints/${name}.tflite`), { arithmetic: 'integer' })
const preprocessingOf = ({ metadata }: Model): Preprocessing => ({
  ...squeeze,
  normalization: metadata.preprocessing?.normalization ?? 'signed',
})

describeShared('quantized networks, as LiteRT runs them', () => {
  it.each([
    ['mobilenet_v1_0.25_128_quant', '128.u8'],
    ['mobilenet_v2_1.0_224_quant', '224.u8'],
    ['tf2_mobilenet_v2_1.0_224_ptq', '224.ptq'],
    ['visual_wake_words/vww_96_int8', '96.i8'],
  ])('%s is given the bytes that were recorded', async (name, kind) => {
    const model = await load(name)
    for (const photo of ['cat', 'bird']) {
      const values = imageValues(await readPhoto(photo), imageInput(model.graph), preprocessingOf(model))
      const { dtype, data } = readGolden(`golden/litert/${photo}.${kind}.input.npy`)
      expect(dtypeOf(values)).toBe(dtype)
      expect(Buffer.from(values).equals(Buffer.from(data)), photo).toBe(true)
    }
  })

  it.each([
    ['mobilenet_v1_0.25_128_quant', 0],
    ['visual_wake_words/vww_96_int8', -128],
  ])('%s answers with the probabilities that were recorded', async (name, zeroPoint) => {
    const model = await load(name)
    for (const backend of [reference(), wasm()]) {
      await using classifier = await createClassifier(model, { backends: [backend], preprocessing: squeeze })
      for (const photo of ['cat', 'bird']) {
        const recorded = golden(`litert/${name.split('/').at(-1)}.${photo}.output`)
        const probabilities = await classifier.probabilities(await readPhoto(photo))
        expect(probabilities, `${photo} on ${backend.name}`).toEqual(recorded.map(byte => (byte - zeroPoint) / 256))
      }
    }
  })

  it('features are the reals of the bytes in front of the classifier', async () => {
    await using embedder = await createEmbedder(await load('mobilenet_v1_1.0_224_quant_embedding_extractor'), {
      backends: [wasm()],
      preprocessing: squeeze,
    })
    const point = await embedder.embed(await readPhoto('cat'))
    const recorded = golden('litert/mobilenet_v1_1.0_224_quant_embedding_extractor.cat.output')
    const length = Math.hypot(...recorded)
    for (const [i, value] of point.entries()) expect(value).toBeCloseTo((recorded[i] as number) / length, 6)
  })
})

const elements = (dtype: 'uint8' | 'int8', scale: number, zeroPoint: number) => ({
  dtype,
  quantization: { scale, zeroPoint },
})
const inputOf = (dtype: 'uint8' | 'int8', scale: number, zeroPoint: number, channels: 1 | 3 = 3): ImageInput => ({
  name: 'x',
  size: [1, 2],
  channels,
  ...elements(dtype, scale, zeroPoint),
})
const image = { width: 2, height: 1, channels: 3, data: Uint8Array.of(0, 100, 255, 1, 128, 200) } as const
const values = (input: ImageInput, normalization: Normalization) =>
  imageValues(image, input, { ...squeeze, normalization })

describe('the values of a quantized input', () => {
  it('are the bytes of pixels where its integers are, to a step or two', () => {
    expect(values(inputOf('uint8', 1 / 128, 128), 'signed')).toEqual(image.data)
    expect(values(inputOf('uint8', 1 / 127.5, 127), 'signed')).toEqual(image.data)
    expect(values(inputOf('int8', 1 / 255, -128), 'unit')).toEqual(Int8Array.of(-128, -28, 127, -127, 0, 72))
    expect(values(inputOf('uint8', 1 / 128, 128), { mean: 127.5, std: 127.5, order: 'bgr' })).toEqual(
      Uint8Array.of(255, 100, 0, 200, 128, 1),
    )
    expect(values(inputOf('uint8', 1 / 255, 0, 1), 'unit')).toHaveLength(2)
  })

  it('else stand for the normalised pixels, rounded half to even, as far as their type reaches', () => {
    expect(values(inputOf('uint8', 1, 3), 'raw')).toEqual(Uint8Array.of(3, 103, 255, 4, 131, 203))
    expect(values(inputOf('int8', 2, 0), 'raw')).toEqual(Int8Array.of(0, 50, 127, 0, 64, 100))
    const signed = Array.from(image.data, byte => Math.round((byte / 127.5 - 1) / 0.05) + 7)
    expect(values(inputOf('int8', 0.05, 7), 'signed')).toEqual(Int8Array.from(signed))
  })
})

/** Twice what the input stands for, quantized as the input is. */
function doubled(dtype: 'uint8' | 'int8', scale: number, zeroPoint: number) {
  const b = new GraphBuilder()
  const x = b.input([1, 1, 2, 3], { name: 'x', elements: elements(dtype, scale, zeroPoint) })
  const graph = b.build([b.add(x, x, { name: 'y', elements: elements(dtype, 2 * scale, zeroPoint) })])
  return { graph, params: new Map() }
}

describe('a quantized network that begins in bytes', () => {
  it.each<[string, 'uint8' | 'int8', number, number, Normalization]>([
    ['whose integers are those of pixels', 'uint8', 1 / 255, 0, 'unit'],
    ['whose integers are those of pixels less 128', 'int8', 1 / 255, -128, 'unit'],
    ['of another range', 'int8', 0.02, 4, 'signed'],
    ['of another order', 'uint8', 1 / 255, 0, { mean: 0, std: 255, order: 'bgr' }],
  ])('%s gives what it gives for them', async (_, dtype, scale, zeroPoint, normalization) => {
    const network = doubled(dtype, scale, zeroPoint)
    const begun = beginInBytes(network, normalization)
    verify(begun.graph)
    expect(begun.graph.nodes[0]).toMatchObject({ name: 'x', dtype: 'uint8' })
    for (const backend of [reference(), wasm()]) {
      await using own = await createSession(network.graph, network.params, { backends: [backend] })
      await using inBytes = await createSession(begun.graph, begun.params, { backends: [backend] })
      const { y: expected } = await own.run({ x: values(imageInput(network.graph), normalization) })
      const { y: found } = await inBytes.run({ x: image.data })
      expect(found).toEqual(expected)
    }
  })
})

describe('probabilities of quantized classes', () => {
  const ended = (build: (b: GraphBuilder, x: ReturnType<GraphBuilder['input']>) => typeof x) => {
    const b = new GraphBuilder()
    const graph = endInProbabilities(
      b.build([build(b, b.input([1, 4], { name: 'x', elements: elements('uint8', 0.1, 3) }))]),
    )
    verify(graph)
    return graph.nodes.map(({ op }) => op.kind)
  }
  const eighth = elements('uint8', 1 / 256, 0)

  it('are dequantized, and logits get a softmax behind that', () => {
    expect(ended((b, x) => b.softmax(x, { elements: eighth }))).toEqual(['input', 'softmax', 'dequantize'])
    expect(ended((b, x) => b.quantize(b.softmax(x, { elements: elements('int8', 1 / 256, -128) }), eighth))).toEqual([
      'input',
      'softmax',
      'quantize',
      'dequantize',
    ])
    expect(ended((b, x) => b.relu(x, { elements: elements('uint8', 0.1, 0) }))).toEqual([
      'input',
      'clamp',
      'dequantize',
      'softmax',
    ])
  })
})

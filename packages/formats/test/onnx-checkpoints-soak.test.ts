import { type Tensor, tensor } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { buildArchitecture } from '@depthwise/models'
import { weightsOf } from '@depthwise/models/weights'
import { evaluated, largestDifference } from '@depthwise/testing/agreement'
import { sharedBytes } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import { readModel, readNpy, readOnnx, readSafetensors, readTFLite, writeModel, writeOnnx } from '../src/index.ts'
import { readManifestNetwork } from './manifest-network.ts'
import { runOnnx } from './onnx-runtime.ts'
import { checkpoint, checkpoints, describeShared, recorded } from './tflite-shared.ts'

const soak = Boolean(process.env['DEPTHWISE_SOAK'])

/** Nets and the kind of their recorded input; the larger ones only in the soak. */
const nets: readonly (readonly [name: keyof typeof checkpoints, input: string])[] = [
  ['vwwFloat', '96.f01'],
  ['v1QuarterFloat', '224.f11'],
  ['v1Quarter128', '128.u8'],
  ['v2Quant', '224.u8'],
  ['v2PerChannel', '224.ptq'],
]

/** The recorded input of a photo, as reals. */
async function inputOf(name: keyof typeof checkpoints, kind: string, photo: string) {
  const { graph, params, metadata } = await readTFLite(checkpoint(name), { arithmetic: 'real' })
  const input = graph.nodes[0]?.name as string
  const { scale, zeroPoint } = metadata.inputQuantization?.[input] ?? { scale: 1, zeroPoint: 0 }
  const data = Float32Array.from(recorded(`${photo}.${kind}.input`), value => (value - zeroPoint) * scale)
  return { network: { graph, params }, inputs: { [input]: data } }
}

describeShared('TFLite checkpoints, written as ONNX, in onnxruntime', () => {
  test.each(nets.slice(0, soak ? nets.length : 3))('%s computes what it did', async (name, kind) => {
    const { network, inputs } = await inputOf(name, kind, 'burger')
    const [expected] = Object.values(await evaluated(network, inputs))
    for (const each of [network, optimize(network)]) {
      const [output] = Object.values(await runOnnx(writeOnnx(each), inputs))
      expect(output?.shape).toEqual(expected?.shape)
      expect(largestDifference(output?.data ?? [], expected?.data ?? [])).toBeLessThan(1e-4)
    }
  })

  test.each(nets.slice(0, 2))('%s computes what LiteRT recorded', async (name, kind) => {
    for (const photo of ['bird', 'cat', 'parrot']) {
      const { network, inputs } = await inputOf(name, kind, photo)
      const [output] = Object.values(await runOnnx(writeOnnx(network), inputs))
      const theirs = recorded(`${checkpoints[name].split('/').at(-1)}.${photo}.output`)
      expect(largestDifference(output?.data ?? [], theirs), photo).toBeLessThan(1e-5)
    }
  })
})

const reals = (path: string): Float32Array => readNpy(sharedBytes(path)).data as Float32Array

describeShared('V2 1.0 in float, on photos', () => {
  const photos = ['burger-224', 'bird', 'cat', 'dragonfly', 'grace_hopper', 'parrot_jpg']
  test.each(photos.slice(0, soak ? photos.length : 1))('%s: the logits of an independent export', async photo => {
    const model = await readManifestNetwork(async file => sharedBytes(`checkpoints/mobilenet_v2_1.0_224_float/${file}`))
    const input = model.graph.nodes[0]?.name as string
    const pixels = reals(`golden/${photo}.slim_central_224.npy`)
    const inputs = { [input]: Float32Array.from(pixels, value => value / 127.5 - 1) }
    const expected = reals(`golden/${photo}.v2_float_logits.npy`)
    const file = writeOnnx(model)
    const [theirs] = Object.values(await runOnnx(file, inputs))
    expect(largestDifference(theirs?.data ?? [], expected)).toBeLessThan(1e-4)
    // Read again, and in between once more through the other form.
    const again = await readModel(writeModel(await readOnnx(file)))
    expect(again.metadata).toEqual({ ...model.metadata, format: 'depthwise' })
    const [ours] = Object.values(await evaluated(again, inputs))
    expect(largestDifference(ours?.data ?? [], expected)).toBeLessThan(1e-4)
  })

  test('in halves: logits within 1 % of the largest (0.5 % measured)', async () => {
    const model = await readManifestNetwork(async file => sharedBytes(`checkpoints/mobilenet_v2_1.0_224_float/${file}`))
    const halved = await readModel(writeModel(model, { dtype: 'float16' }))
    const pixels = reals('golden/burger-224.slim_central_224.npy')
    const input = model.graph.nodes[0]?.name as string
    const inputs = { [input]: Float32Array.from(pixels, value => value / 127.5 - 1) }
    const [output] = Object.values(await runOnnx(writeOnnx(halved), inputs))
    expect(largestDifference(output?.data ?? [], reals('golden/burger-224.v2_float_logits.npy'))).toBeLessThan(1e-2)
  })
})

describeShared('torchvision, its own input and logits', () => {
  test('NCHW in, two images at once', async () => {
    const name = 'checkpoints/torchvision_random/mobilenet_v2_0.35_96_10classes'
    const weights = weightsOf(readSafetensors(sharedBytes(`${name}.safetensors`)))
    const graph = buildArchitecture(weights.architecture, { inputShape: [96, 96, 3] })
    const network = { graph, params: weights.onto(graph) }
    const { shape, data } = readNpy(sharedBytes(`${name}.input_nchw.npy`)) as Tensor<'float32'>
    for (const batch of [2, 'images']) {
      const file = writeOnnx(network, { inputLayout: 'nchw', batch })
      const [logits] = Object.values(await runOnnx(file, { input: tensor(shape, data) }))
      expect(logits?.shape).toEqual([2, 10])
      expect(largestDifference(logits?.data ?? [], reals(`${name}.logits.npy`))).toBeLessThan(1e-4)
    }
  })
})

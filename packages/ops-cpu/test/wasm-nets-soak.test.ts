import { existsSync, readFileSync } from 'node:fs'
import { chain, type Graph, type Inputs, type Model, type Network, nodeIndex, tensor } from '@depthwise/core'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { reference, type WasmOptions, wasm } from '@depthwise/ops-cpu'
import { describe, expect, it } from 'vitest'
import { readManifest, readNpy, readTFLite } from '../../formats/src/index.ts'
import { randomParams, randomTensor } from './random-params.ts'
import { combinations } from './wasm-compiled.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined
const folder = new URL('../../../../shared/', import.meta.url)
const present = existsSync(folder) || process.env['CI'] !== undefined
const describeShared = (name: string, suite: () => void): void =>
  void describe.skipIf(!present)(present ? name : `${name} (skipped: no data in ../shared)`, suite)
const read = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, folder)))

/** The value in front of a final softmax, else the output itself. */
function logitsOf(graph: Graph): number {
  const output = nodeIndex(graph).get(graph.outputs[0] as number)
  return output?.op.kind === 'softmax' ? (output.inputs[0] as number) : (graph.outputs[0] as number)
}

function topFive(values: Float32Array): number[] {
  return [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, 5)
}

/** All options at once against one run of the reference: logits within 1e-4 of the largest, the same first five in order. */
async function expectSameAnswers(
  { graph, params }: Network,
  inputs: Inputs,
  options: readonly WasmOptions[],
  batch = 1,
): Promise<void> {
  const logits = logitsOf(graph)
  const name = nodeIndex(graph).get(logits)?.name as string
  const compile = { batch, expose: [logits] }
  await using oracle = await reference().compile(graph, params, compile)
  const expected = await oracle.run(inputs)
  for (const each of options) {
    await using executable = await wasm(each).compile(graph, params, compile)
    const actual = await executable.run(inputs)
    const [ours, theirs] = [actual[name]?.data as Float32Array, expected[name]?.data as Float32Array]
    expect(ours).toHaveLength(theirs.length)
    const classes = theirs.length / batch
    for (let item = 0; item < batch; item++) {
      const [mine, right] = [ours, theirs].map(all => all.subarray(item * classes, (item + 1) * classes)) as [
        Float32Array,
        Float32Array,
      ]
      const largest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      const worst = right.reduce((most, value, i) => Math.max(most, Math.abs(value - mine[i]!)), 0)
      expect(worst / largest, JSON.stringify(each)).toBeLessThanOrEqual(1e-4)
      expect(topFive(mine)).toEqual(topFive(right))
    }
  }
}

const photos = ['burger', 'cat', 'bird', 'dragonfly', 'grace_hopper', 'parrot']
const everyCombination: readonly WasmOptions[] = Object.values(combinations)

describeShared('real checkpoints on real photos', () => {
  const recorded = (photo: string, kind: string): Float32Array => {
    const stored = readNpy(read(`golden/litert/${photo}.${kind}.input.npy`)).data
    return Float32Array.from(stored, kind.endsWith('u8') ? value => value / 127.5 - 1 : value => value)
  }
  const tflite = (name: string): Model => readTFLite(read(`checkpoints/${name}.tflite`))
  const inputName = ({ graph }: Network): string => nodeIndex(graph).get(graph.inputs[0] as number)?.name as string
  const check = async (network: Network, kind: string, shown: readonly string[]): Promise<void> => {
    for (const photo of shown) {
      await expectSameAnswers(network, { [inputName(network)]: recorded(photo, kind) }, everyCombination)
    }
  }

  it.each([
    ['mobilenet_v1_0.25_224_1_default_1', '224.f11', photos],
    ['mobilenet_v1_0.25_224_quant', '224.u8', photos.slice(0, 2)],
    ['mobilenet_v1_0.25_128_quant', '128.u8', photos],
    ['mobilenet_v2_1.0_224_quant', '224.u8', photos.slice(0, 1)],
    ['tf2_mobilenet_v2_1.0_224_ptq', '224.u8', photos.slice(1, 2)],
    ['visual_wake_words/vww_96_float', '96.f01', photos],
  ])('%s', async (name, kind, some) => {
    await check(tflite(name), kind, soak ? photos : some)
  })

  it('V1 1.0, extractor and head', async () => {
    const [body, head] = [
      tflite('mobilenet_v1_1.0_224_quant_embedding_extractor'),
      tflite('mobilenet_quant_v1_224_head_layers'),
    ]
    // Both files may use one name for different weights.
    const params = new Map([...body.params, ...head.params])
    expect(params.size).toBe(body.params.size + head.params.size)
    await check({ graph: chain(body.graph, head.graph), params }, '224.u8', soak ? photos : photos.slice(0, 1))
  })

  it('V2 1.0 in float32, and the logits that onnxruntime recorded for it', async () => {
    const model = await readManifest(async file => read(`checkpoints/mobilenet_v2_1.0_224_float/${file}`))
    const logits = logitsOf(model.graph)
    const name = nodeIndex(model.graph).get(logits)?.name as string
    const shown = soak ? ['bird', 'burger-224', 'cat', 'dragonfly', 'grace_hopper', 'parrot_jpg'] : ['cat']
    for (const options of everyCombination) {
      await using executable = await wasm(options).compile(model.graph, model.params, { expose: [logits] })
      for (const photo of shown) {
        const pixels = readNpy(read(`golden/${photo}.slim_central_224.npy`)).data
        const outputs = await executable.run({
          [inputName(model)]: Float32Array.from(pixels, value => value / 127.5 - 1),
        })
        const ours = outputs[name]?.data as Float32Array
        const theirs = readNpy(read(`golden/${photo}.v2_float_logits.npy`)).data as Float32Array
        const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        const worst = theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i]!)), 0)
        expect(worst / largest, `${photo}, ${JSON.stringify(options)}`).toBeLessThanOrEqual(1e-4)
        expect(topFive(ours)).toEqual(topFive(theirs))
      }
    }
  })
})

describe('every width, resolution and number of channels', () => {
  const shapes: readonly (readonly [alpha: number, inputShape: readonly [number, number, number], batch: number])[] =
    soak
      ? [0.1, 0.25, 0.33, 0.35, 0.5, 0.75, 1, 1.27, 1.4].flatMap(alpha =>
          [96, 128, 160, 192, 224, 256, 37, 0].map(size => [alpha, size ? [size, size, 3] : [224, 160, 3], 1] as const),
        )
      : [
          [0.25, [224, 160, 3], 1],
          [0.35, [96, 96, 3], 5],
          [0.5, [128, 128, 1], 1],
          [0.75, [37, 37, 4], 2],
          [1, [96, 96, 3], 1],
          [1.4, [64, 64, 3], 1],
          [0.1, [256, 256, 3], 1],
          [0.33, [160, 160, 3], 1],
          [1.27, [37, 37, 3], 2],
        ]
  for (const [name, build] of Object.entries({ mobileNetV1, mobileNetV2 })) {
    it.each(shapes)(`${name} %f at %j, batch %i`, async (alpha, inputShape, batch) => {
      const graph = build({ alpha, inputShape: [...inputShape] as [number, number, number], classes: 101 })
      const input = randomTensor([batch, ...inputShape], 3)
      const options = soak ? everyCombination : everyCombination.slice(0, 2)
      await expectSameAnswers(
        { graph, params: randomParams(graph) },
        { input: tensor(input.shape, input.data) },
        options,
        batch,
      )
    })
  }
})

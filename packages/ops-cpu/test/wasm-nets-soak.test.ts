import { type Inputs, type Model, type Network, tensor } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { reference, type WasmOptions, wasm } from '@depthwise/ops-cpu'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { logitsOf, realNetworks } from '@depthwise/testing/real-networks'
import { golden } from '@depthwise/testing/recordings'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, it } from 'vitest'
import { readTFLite } from '../../formats/src/index.ts'
import { combinations } from './wasm-compiled.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined
function topFive(values: Float32Array): number[] {
  return [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, 5)
}

/**
 * All options against one run of the reference an image, each compiled once: logits within 1e-4 of the largest, the same first
 * five in order.
 */
async function expectSameAnswers(
  { graph, params }: Network,
  images: readonly Inputs[],
  options: readonly WasmOptions[],
  batch = 1,
): Promise<void> {
  const logits = logitsOf(graph)
  const name = nodeIndex(graph).get(logits)?.name as string
  const compile = { batch, expose: [logits] }
  await using oracle = await reference().compile(graph, params, compile)
  const expected: Float32Array[] = []
  for (const inputs of images) expected.push((await oracle.run(inputs))[name]?.data as Float32Array)
  for (const each of options) {
    await using executable = await wasm(each).compile(graph, params, compile)
    for (const [image, inputs] of images.entries()) {
      const actual = await executable.run(inputs)
      expectSameClasses(
        actual[name]?.data as Float32Array,
        expected[image] as Float32Array,
        batch,
        JSON.stringify(each),
      )
    }
  }
}

/** Item by item of a batch. */
function expectSameClasses(ours: Float32Array, theirs: Float32Array, batch: number, options: string): void {
  expect(ours).toHaveLength(theirs.length)
  const classes = theirs.length / batch
  for (let item = 0; item < batch; item++) {
    const [mine, right] = [ours, theirs].map(all => all.subarray(item * classes, (item + 1) * classes)) as [
      Float32Array,
      Float32Array,
    ]
    const largest = right.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
    const worst = right.reduce((max, value, i) => Math.max(max, Math.abs(value - mine[i]!)), 0)
    expect(worst / largest, options).toBeLessThanOrEqual(1e-4)
    expect(topFive(mine)).toEqual(topFive(right))
  }
}

const photos = ['burger', 'cat', 'bird', 'dragonfly', 'grace_hopper', 'parrot']
const everyCombination: readonly WasmOptions[] = Object.values(combinations)

describeShared('real checkpoints on real photos', () => {
  const recorded = (photo: string, kind: string): Float32Array => {
    const stored = golden(`litert/${photo}.${kind}.input`)
    return kind.endsWith('u8') ? stored.map(value => value / 127.5 - 1) : stored
  }
  const tflite = (name: string): Promise<Model> =>
    readTFLite(sharedBytes(`checkpoints/${name}.tflite`), { arithmetic: 'real' })
  const inputName = ({ graph }: Network): string => nodeIndex(graph).get(graph.inputs[0] as number)?.name as string
  const check = async (network: Network, kind: string, shown: readonly string[]): Promise<void> => {
    const images = shown.map(photo => ({ [inputName(network)]: recorded(photo, kind) }))
    await expectSameAnswers(network, images, everyCombination)
  }

  it.each([
    ['mobilenet_v1_0.25_224_quant', '224.u8', photos.slice(0, 2)],
    ['mobilenet_v1_0.25_128_quant', '128.u8', photos],
    ['mobilenet_v2_1.0_224_quant', '224.u8', photos.slice(0, 1)],
    ['visual_wake_words/vww_96_float', '96.f01', photos],
  ])('%s', async (name, kind, some) => {
    await check(await tflite(name), kind, soak ? photos : some)
  })

  it.each(Object.entries(realNetworks))('%s', async (_name, load) => {
    const { graph, params, photos, inputs } = await load()
    await expectSameAnswers({ graph, params }, (soak ? photos : photos.slice(0, 1)).map(inputs), everyCombination)
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
        [{ input: tensor(input.shape, input.data) }],
        options,
        batch,
      )
    })
  }
})

import { type Model, OptionError } from '@depthwise/core'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import { readKeras, readTFLite, readTfjs, writeOnnx } from '../src/index.ts'
import { runOnnx } from './onnx-runtime.ts'
import { run } from './tflite-run.ts'
import { checkpoint, recorded } from './tflite-shared.ts'

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => Math.abs(value - (b[i] as number))).reduce((max, value) => Math.max(max, value), 0)

describeShared('visual wake words: one net as .h5, float TFLite and int8 TFLite', () => {
  const photos = ['bird', 'burger', 'cat', 'dragonfly', 'grace_hopper', 'parrot']
  const read = async (): Promise<Model> => {
    const model = await readKeras(sharedBytes('checkpoints/visual_wake_words/vww_96.h5'))
    expect(model.metadata).toEqual({ format: 'keras', name: 'model' })
    return model
  }

  test('all agree, and with what LiteRT computed', async () => {
    const [keras, float, int8] = [
      await read(),
      await readTFLite(checkpoint('vwwFloat')),
      await readTFLite(checkpoint('vwwInt8'), { arithmetic: 'real' }),
    ]
    for (const photo of photos) {
      const pixels = recorded(`${photo}.96.f01.input`) as Float32Array
      const ours = await run(keras, pixels)
      expect(furthest(ours, await run(float, pixels)), photo).toBeLessThan(1e-5)
      expect(furthest(ours, recorded(`vww_96_float.${photo}.output`)), photo).toBeLessThan(1e-5)
      expect(furthest(ours, await run(int8, pixels)), photo).toBeLessThan(0.05)
    }
  })
})

describeShared("Teachable Machine's folder", () => {
  const read = async (file: string): Promise<Uint8Array> => sharedBytes(`checkpoints/teachable_machine/${file}`)
  const pixels = (): Float32Array => Float32Array.from(recorded('cat.224.f11.input'))

  test('is a V2 within a sequence, its labels where they are asked for', async () => {
    const model = await readTfjs(read, { labels: 'metadata.json' })
    expect(model.metadata).toEqual({
      format: 'tfjs',
      name: 'sequential',
      labels: ['Class 1', 'Class 2'],
      preprocessing: { crop: { kind: 'centre', fraction: 1 }, normalization: { mean: 127, std: 127 } },
    })
    expect((await readTfjs(read)).metadata.labels).toBeUndefined()
    const { nodes } = model.graph
    expect(nodes[0]).toMatchObject({ name: 'input', shape: [1, 224, 224, 3] })
    expect(nodes.at(-1)).toMatchObject({ name: 'dense_Dense2_softmax', shape: [1, 2] })
    expect(nodes.filter(node => node.op.kind === 'depthwiseConv2d')).toHaveLength(17)
    await expect(readTfjs(read, { inputShape: [0.5, 1, 3] })).rejects.toThrow(OptionError)
  })

  test('agrees with the same net in onnxruntime, as we export it', async () => {
    const model = await readTfjs(read)
    const [theirs] = Object.values(await runOnnx(writeOnnx(model), { input: pixels() }))
    const ours = await run(model, pixels())
    expect(ours).toHaveLength(2)
    expect(furthest(ours, theirs?.data ?? [])).toBeLessThan(1e-5)
  })
})

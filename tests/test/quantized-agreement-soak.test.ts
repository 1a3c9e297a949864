import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readManifest, readModel, readNpz, readTFLite } from '@depthwise/formats'
import type { PixelImage } from '@depthwise/models'
import { isolateDrawing } from '@depthwise/models/drawing'
import { type QuantizationReport, quantize } from '@depthwise/models/quantize'
import { manifestGraph } from '@depthwise/models/weights'
import { reference, wasm } from '@depthwise/ops-cpu'
import { describeShared, repository, shared, sharedBytes } from '@depthwise/testing/shared-folder'
import { isSoak, share } from '@depthwise/testing/soak'
import { imagesIn, readImageFile } from 'depthwise/node'
import { expect, test } from 'vitest'
import { drawingsLike, photosLike } from './image-variants.ts'

// Networks of our own quantizing, against the real ones, on images that were not calibrated on. There are twelve photos and
// seventeen drawings: more are made of them (image-variants.ts). Calibration sees the first six photos, in other variants;
// the rest only stands among the images that answers are compared on.

const backends = [wasm({ threads: 1 }), reference()]
const heldOut = share(10, 1000)
const calibration = share(6, 64)
const trials = share(1, 8)

async function photosOf(folder: string, names: readonly string[]): Promise<readonly PixelImage[]> {
  return Promise.all(names.map(name => readImageFile(`${shared}${folder}/${name}`)))
}

async function photos() {
  const seen = ['bird.png', 'burger.jpg', 'cat.png', 'dragonfly.png', 'grace_hopper.png', 'parrot.jpg']
  const others = ['bird_segmentation.png', 'cats_and_dogs.jpg', 'face.jpg', 'portrait.jpg', 'pose.jpg']
  const last = 'segmentation_input_rotation0.jpg'
  const [a, b] = [await photosOf('photos', seen), await photosOf('heads/photos', [...others, last])]
  return { seen: photosLike(a, calibration, 1000), heldOut: photosLike([...a, ...b], heldOut, 777) }
}

/** The least share of equal best classes: of few images a single one weighs a lot. */
function expectNear(report: QuantizationReport, agreement: number): void {
  const { heldOut: found } = report
  expect(found?.images).toBe(heldOut)
  expect(found?.meanCosine).toBeGreaterThan(0.995)
  expect((found?.sameBest ?? 0) / heldOut).toBeGreaterThanOrEqual(isSoak ? agreement : agreement - 0.2)
}

describeShared('quantized by us', () => {
  test.runIf(isSoak)('V2 1.0 answers as the real network', { timeout: 3_600_000 }, async () => {
    const read = async (file: string) => sharedBytes(`checkpoints/mobilenet_v2_1.0_224_float/${file}`)
    const model = await readManifest(read, manifestGraph)
    const images = await photos()
    const preprocessing = { normalization: 'signed' } as const
    const { report } = await quantize(model, images.seen, { backends, preprocessing, trials, heldOut: images.heldOut })
    expectNear(report, 0.96)
  })

  // The narrowest V1: its first three layers have 8 and 16 channels, some of which hardly vary, far from 0.
  test('V1 0.25 answers as the real network mostly', { timeout: 3_600_000 }, async () => {
    const model = await readTFLite(sharedBytes('checkpoints/mobilenet_v1_0.25_224_1_default_1.tflite'))
    const images = await photos()
    const preprocessing = { normalization: 'signed' } as const
    const { report } = await quantize(model, images.seen, { backends, preprocessing, trials, heldOut: images.heldOut })
    expectNear(report, 0.85)
  })
})

test('the built-in network answers as the real one', { timeout: 3_600_000 }, async () => {
  const model = await readModel(
    await readFile(fileURLToPath(import.meta.resolve('@depthwise/models/default.depthwise'))),
  )
  const drawings: PixelImage[] = []
  for await (const path of imagesIn(`${repository}packages/cli/samples`)) drawings.push(await readImageFile(path))
  const recorded = readNpz(await readFile(`${repository}packages/models/test/drawings.npz`))
  for (const [name, { shape, data }] of recorded) {
    const [height, width] = shape as [number, number]
    if (!name.endsWith('.picture')) continue
    drawings.push({
      width,
      height,
      channels: 3,
      data: Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)] as number),
    })
  }
  const { report } = await quantize(model, drawingsLike(drawings, 4 * calibration, 1000), {
    backends,
    prepare: isolateDrawing,
    trials,
    heldOut: drawingsLike(drawings, heldOut, 777),
  })
  expectNear(report, 0.96)
})

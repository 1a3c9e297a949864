import { type Crop, GraphBuilder, type Normalization, type Resampling, ShapeError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { normalizationAffine, type PixelImage, preprocess, viewOf } from '@depthwise/models'
import { KernelError, type Picture, webgpu } from '@depthwise/ops-webgpu'
import { randomReals } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { counting } from './counting-device.ts'
import { openDevice } from './device.ts'
import { image, smallNetwork } from './small-network.ts'

const device = await openDevice()
// Bits of `GPUBufferUsage` and `GPUTextureUsage`, which Node has no globals for.
const [copySource, copyTarget, storage, mapRead, bindable] = [0x04, 0x08, 0x80, 0x01, 0x04]

/** A picture of gradients and noise, which no resize leaves alone. */
function photo([height, width]: Size2): PixelImage {
  const real = randomReals(height + width)
  const data = Uint8Array.from({ length: height * width * 4 }, (_, i) => {
    const [x, y, channel] = [(i >> 2) % width, Math.floor((i >> 2) / width), i & 3]
    return channel === 3 ? 255 : (160 * (channel === 0 ? x / width : y / height) + real() * 95) | 0
  })
  return { height, width, channels: 4, data }
}

function textureOf({ height, width, data }: PixelImage): GPUTexture {
  const texture = device.createTexture({ size: { width, height }, format: 'rgba8unorm', usage: bindable | 2 })
  device.queue.writeTexture({ texture }, Uint8Array.from(data), { bytesPerRow: width * 4 }, { width, height })
  return texture
}

/** The identity on pictures, with the input itself as output. */
function pictureGraph([height, width]: Size2, batch = 1) {
  const b = new GraphBuilder()
  const x = b.input([batch, height, width, 3], { name: 'picture' })
  return b.build([b.clamp(x, { min: -1e9, max: 1e9 }, { name: 'seen' })])
}

interface Recipe {
  readonly crop: Crop
  readonly resampling: Resampling
  readonly normalization: Normalization
}

function asPicture(pixels: PixelImage, { crop, resampling, normalization }: Recipe, size: Size2): Picture {
  const view = viewOf(crop, [pixels.height, pixels.width], size)
  return { source: textureOf(pixels), view, resampling, affine: normalizationAffine(normalization) }
}

/** Within 2/255 of our own preprocessing, in units of what the normalisation makes of a byte. */
function expectPixels(actual: Float32Array, expected: Float32Array, normalization: Normalization): void {
  const { scale } = normalizationAffine(normalization)
  expect(actual).toHaveLength(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const levels = Math.abs(actual[i]! - expected[i]!) / scale[i % 3]!
    if (!(levels <= 2)) expect(levels, `value ${i}`).toBeLessThanOrEqual(2)
  }
}

const recipes: readonly Recipe[] = [
  { crop: 'squeeze', resampling: { filter: 'bilinear', antialias: true }, normalization: 'signed' },
  { crop: 'slim', resampling: { filter: 'bilinear', antialias: false }, normalization: 'unit' },
  { crop: 'torch', resampling: { filter: 'bilinear', antialias: true }, normalization: 'imagenet' },
  { crop: 'torch', resampling: { filter: 'bicubic', antialias: true }, normalization: 'raw' },
  { crop: 'squeeze', resampling: { filter: 'bicubic', antialias: false }, normalization: 'signed' },
  {
    crop: { kind: 'centre', fraction: 0.9 },
    resampling: { filter: 'bicubic', antialias: true },
    normalization: { mean: [103.94, 116.78, 123.68], std: [50, 58.8, 70], order: 'bgr' },
  },
  {
    crop: { kind: 'centre', fraction: 1 },
    resampling: { filter: 'bilinear', antialias: true },
    normalization: { mean: 127, std: [127, 130, 40] },
  },
]

describe('pictures', () => {
  for (const recipe of recipes) {
    const { crop, resampling, normalization } = recipe
    const words = [crop, normalization].map(each => (typeof each === 'string' ? each : JSON.stringify(each)))
    it(`${words.join(', ')}, ${resampling.filter}${resampling.antialias ? ' antialiased' : ''}`, async () => {
      const size: Size2 = [24, 32]
      await using executable = await webgpu({ device }).compile(pictureGraph(size), new Map())
      // Shrunk, stretched, and a sliver of each.
      for (const extent of [
        [97, 131],
        [11, 9],
        [24, 32],
        [60, 7],
      ] as const) {
        const pixels = photo(extent)
        const outputs = await executable.runOnDevice({ picture: asPicture(pixels, recipe, size) })
        expectPixels(outputs['seen']?.data as Float32Array, preprocess(pixels, recipe, size), normalization)
      }
    })
  }

  it('make a batch, each in its place', async () => {
    const size: Size2 = [5, 7]
    const recipe = recipes[0] as Recipe
    await using executable = await webgpu({ device }).compile(pictureGraph(size, 3), new Map())
    const pictures = (
      [
        [20, 30],
        [9, 9],
        [31, 8],
      ] as const
    ).map(photo)
    const { seen } = await executable.runOnDevice({ picture: pictures.map(each => asPicture(each, recipe, size)) })
    const expected = pictures.flatMap(each => [...preprocess(each, recipe, size)])
    expectPixels(seen?.data as Float32Array, Float32Array.from(expected), recipe.normalization)
  })

  it('that do not fit are rejected', async () => {
    await using executable = await webgpu({ device }).compile(pictureGraph([5, 7]), new Map())
    const good = asPicture(photo([20, 30]), recipes[0] as Recipe, [5, 7])
    const view = viewOf('squeeze', [20, 30], [5, 7])
    const bad: readonly Picture[] = [
      asPicture(photo([20, 30]), recipes[0] as Recipe, [7, 5]),
      { ...good, view: { ...view, source: { top: 0, left: 1, height: 20, width: 30 } } },
    ]
    for (const picture of bad) await expect(executable.runOnDevice({ picture })).rejects.toThrow(ShapeError)
    await expect(executable.runOnDevice({ picture: [good, good] })).rejects.toThrow('1 pictures for 1x5x7x3')
    await expect(executable.runOnDevice({ picture: good })).resolves.toHaveProperty('seen')
  })
})

describe('buffers of the caller', () => {
  function filled(values: Float32Array<ArrayBuffer>, offset = 0): GPUBuffer {
    const buffer = device.createBuffer({ size: offset + values.byteLength, usage: storage | copyTarget })
    device.queue.writeBuffer(buffer, offset, values)
    return buffer
  }
  async function contents(buffer: GPUBuffer): Promise<Float32Array> {
    const readback = device.createBuffer({ size: buffer.size, usage: mapRead | copyTarget })
    const encoder = device.createCommandEncoder()
    encoder.copyBufferToBuffer(buffer, 0, readback, 0, buffer.size)
    device.queue.submit([encoder.finish()])
    await readback.mapAsync(1)
    return new Float32Array(readback.getMappedRange().slice(0))
  }

  it('are read and written where they are; what stays there is not read back', async () => {
    const { graph, params } = smallNetwork()
    await using executable = await webgpu({ device }).compile(graph, params)
    const expected = await executable.run({ image: image(3) })
    const result = device.createBuffer({ size: 512, usage: storage | copySource })
    const outputs = await executable.runOnDevice(
      { image: { buffer: filled(Float32Array.from(image(3).data), 256), offset: 256 } },
      { outputs: { probabilities: { buffer: result, offset: 256 } } },
    )
    expect(outputs).toEqual({ features: expected['features'] })
    expect((await contents(result)).slice(64, 69)).toEqual(expected['probabilities']?.data)
  })

  it('of the wrong size, offset or usage are rejected, and runs go on', async () => {
    const { graph, params } = smallNetwork()
    await using executable = await webgpu({ device }).compile(graph, params)
    const run = (buffer: GPUBuffer, offset?: number) =>
      executable.runOnDevice({ image: { buffer, ...(offset === undefined ? {} : { offset }) } })
    const data = Float32Array.from(image(1).data)
    await expect(run(filled(data.slice(1)))).rejects.toThrow(ShapeError)
    await expect(run(filled(data, 16), 16)).rejects.toThrow(ShapeError)
    await expect(run(device.createBuffer({ size: 432, usage: copySource }))).rejects.toThrow(KernelError)
    await expect(
      executable.runOnDevice({ image: image(1) }, { outputs: { other: { buffer: filled(data) } } }),
    ).rejects.toThrow('output "other"')
    expect(await run(filled(data))).toEqual(await executable.run({ image: image(1) }))
  })

  it('keep the order of runs, and leave nothing behind', async () => {
    const { device: counted, counts } = counting(await openDevice())
    const { graph, params } = smallNetwork()
    const executable = await webgpu({ device: counted }).compile(graph, params)
    const buffer = counted.createBuffer({ size: 432, usage: storage | copyTarget })
    counted.queue.writeBuffer(buffer, 0, Float32Array.from(image(2).data))
    const answers = [
      executable.run({ image: image(1) }),
      executable.runOnDevice({ image: { buffer } }),
      executable.run({ image: image(3) }),
    ]
    const apart = []
    for (const seed of [1, 2, 3]) apart.push(await executable.run({ image: image(seed) }))
    expect(await Promise.all(answers)).toEqual(apart)
    await executable[Symbol.asyncDispose]()
    expect(counts.created - counts.destroyed).toBe(1)
    counted.destroy()
  })
})

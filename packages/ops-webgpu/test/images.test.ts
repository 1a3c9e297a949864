import { GraphBuilder, OptionError, ShapeError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { normalizationAffine, viewOf } from '@depthwise/models'
import { DeviceMemoryError, KernelError, type Picture, type RunsOnDevice, webgpu } from '@depthwise/ops-webgpu'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { counting, countingTextures } from './counting-device.ts'
import { keeping, openDevice } from './device.ts'

const { device, counts } = counting(await openDevice())
const textures = countingTextures(device)
const size: Size2 = [4, 6]

/** What the host is asked to copy. It has no images in Node: the copy is a stand-in, which some tests have refuse. */
const copied: (readonly [width: number, height: number])[] = []
let refuse: (() => void) | null = null
device.queue.copyExternalImageToTexture = (_from, { texture }, extent) => {
  refuse?.()
  const { width, height = 1 } = extent as GPUExtent3DDict
  copied.push([width, height])
  const data = new Uint8Array(width * height * 4).fill(102)
  device.queue.writeTexture({ texture }, data, { bytesPerRow: width * 4 }, { width, height })
}

afterEach(() => {
  refuse = null
  copied.splice(0)
})

/** The identity on one or two pictures. */
function compiled(inputs: readonly string[] = ['picture']): Promise<RunsOnDevice> {
  const b = new GraphBuilder()
  const seen = inputs.map(name =>
    b.clamp(b.input([1, ...size, 3], { name }), { min: -9, max: 9 }, { name: `${name} seen` }),
  )
  return webgpu({ device }).compile(b.build(seen), new Map())
}

const resampling = { filter: 'bilinear', antialias: true } as const
const affine = normalizationAffine('unit')

/** A picture of what looks like one of the host's images. */
function pictureOf(source: object, view: Picture['view'] = of => viewOf('squeeze', of, size)): Picture {
  return { source: source as Picture['source'], view, resampling, affine }
}

const image = (width: number, height: number) => ({ width, height })
const alive = () => [textures.created - textures.destroyed, counts.created - counts.destroyed] as const

describe('an image is read at the size of its own pixels', () => {
  it.each([
    ['<img>', { naturalWidth: 9, naturalHeight: 7, width: 3, height: 2, complete: true }],
    ['<img> of any size on the page', { naturalWidth: 9, naturalHeight: 7, width: 900, height: 700, complete: true }],
    ['<video>', { videoWidth: 9, videoHeight: 7, width: 0, height: 0, readyState: 4 }],
    ['<video> with a size on the page', { videoWidth: 9, videoHeight: 7, width: 300, height: 150, readyState: 2 }],
    ['VideoFrame', { displayWidth: 9, displayHeight: 7, codedWidth: 16, codedHeight: 16 }],
    ['ImageBitmap, ImageData or a canvas', image(9, 7)],
  ])('%s', async (_name, source) => {
    await using executable = await compiled()
    const given: Size2[] = []
    const picture = pictureOf(source, of => {
      given.push(of)
      return viewOf('squeeze', of, size)
    })
    const outputs = await executable.runOnDevice({ picture })
    expect(copied).toEqual([[9, 7]])
    expect(given).toEqual([[7, 9]])
    for (const value of outputs['picture seen']?.data ?? [NaN]) expect(value).toBeCloseTo(0.4, 5)
    await executable.runOnDevice({ picture: pictureOf(source, viewOf('torch', [7, 9], size)) })
  })

  it.each([
    [
      'an <img> on its way',
      { naturalWidth: 0, naturalHeight: 0, complete: false },
      'still loading: await its decode()',
    ],
    [
      'an <img> half loaded',
      { naturalWidth: 9, naturalHeight: 7, complete: false },
      'still loading: await its decode()',
    ],
    ['an <img> that is broken', { naturalWidth: 0, naturalHeight: 0, complete: true, width: 16 }, 'did not load'],
    ['a <video> without metadata', { videoWidth: 0, videoHeight: 0, readyState: 0 }, 'wait for its event "loadeddata"'],
    ['a <video> without a frame', { videoWidth: 9, videoHeight: 7, readyState: 1 }, 'wait for its event "loadeddata"'],
    ['a closed VideoFrame', { displayWidth: 0, displayHeight: 0 }, 'a VideoFrame that is closed or empty'],
    ['a closed ImageBitmap', image(0, 0), 'an image that is closed or empty'],
    ['a canvas without height', image(5, 0), 'an image that is closed or empty'],
    ['no image', { x: 1 }, 'expected an image, found {"x":1}'],
    ['an SVG element', { width: { baseVal: {} }, height: { baseVal: {} } }, 'expected an image, found'],
    ['null', null, 'expected an image, found null'],
  ])('%s is an OptionError that says what to do', async (_name, source, message) => {
    await using executable = await compiled()
    const before = alive()
    const run = executable.runOnDevice({ picture: pictureOf(source as object, viewOf('squeeze', [7, 9], size)) })
    await expect(run).rejects.toThrow(OptionError)
    await expect(run).rejects.toThrow(message)
    expect(alive()).toEqual(before)
  })

  it.each([
    ['<img>', { naturalWidth: 90, naturalHeight: 70, width: 45, height: 35 }],
    ['<video>', { videoWidth: 90, videoHeight: 70, width: 45, height: 35 }],
  ])('a view of the size %s has on the page is refused, a rectangle of its pixels is not', async (_name, source) => {
    await using executable = await compiled()
    for (const crop of ['squeeze', 'torch', 'slim'] as const) {
      const run = executable.runOnDevice({ picture: pictureOf(source, viewOf(crop, [35, 45], size)) })
      await expect(run).rejects.toThrow(ShapeError)
      await expect(run).rejects.toThrow(/70x90, the natural size .* found one of 35x45, the size on the page/)
      await executable.runOnDevice({ picture: pictureOf(source, viewOf(crop, [70, 90], size)) })
    }
    const rectangle = { ...viewOf('squeeze', [70, 90], size), source: { top: 3, left: 0, height: 32, width: 45 } }
    await executable.runOnDevice({ picture: pictureOf(source, rectangle) })
  })
})

describe('the texture limit', () => {
  it('of the adapter is asked for', async () => {
    const asked: (GPUDeviceDescriptor | undefined)[] = []
    const { gpu, devices } = keeping()
    const adapter = await gpu.requestAdapter()
    if (!adapter) throw new Error('no adapter')
    const requestDevice = adapter.requestDevice.bind(adapter)
    const wrapped = {
      info: adapter.info,
      features: adapter.features,
      limits: adapter.limits,
      requestDevice: (descriptor?: GPUDeviceDescriptor) => {
        asked.push(descriptor)
        return requestDevice(descriptor)
      },
    }
    const b = new GraphBuilder()
    const graph = b.build([b.relu(b.input([1, 4], { name: 'x' }))])
    await using _executable = await webgpu({ adapter: wrapped }).compile(graph, new Map())
    const { maxTextureDimension2D } = adapter.limits
    expect(asked[0]?.requiredLimits).toMatchObject({ maxTextureDimension2D })
    expect(devices[0]?.limits.maxTextureDimension2D).toBe(maxTextureDimension2D)
  })

  it.each([
    [8193, 4],
    [4, 8193],
    [30_000, 20_000],
  ])('is named in a ShapeError for a picture of %i x %i, and nothing is made', async (width, height) => {
    await using executable = await compiled()
    const { maxTextureDimension2D: limit } = device.limits
    expect(limit).toBe(8192)
    const before = [{ ...counts }, { ...textures }]
    const run = executable.runOnDevice({ picture: pictureOf(image(width, height)) })
    await expect(run).rejects.toThrow(ShapeError)
    await expect(run).rejects.toThrow(
      `expected a picture of at most 8192x8192 (maxTextureDimension2D of the device), found ${height}x${width}`,
    )
    expect([counts, textures]).toEqual(before)
    await executable.runOnDevice({ picture: pictureOf(image(8192, 4)) })
  })
})

describe('memory of pictures', () => {
  it('is bounded over 200 sizes, and freed at disposal', async () => {
    const before = alive()
    const executable = await compiled()
    let most = 0
    for (let i = 1; i <= 200; i++) {
      await executable.runOnDevice({ picture: pictureOf(image(i, 201 - i)) })
      most = Math.max(most, alive()[0] - before[0])
    }
    expect(most).toBeLessThanOrEqual(17)
    // A large one drives out the small ones, and is not kept itself.
    await executable.runOnDevice({ picture: pictureOf(image(4200, 4200)) })
    expect(alive()[0]).toBe(before[0])
    await executable[Symbol.asyncDispose]()
    expect(alive()).toEqual(before)
  })

  it('is reused by pictures of one size, also of a batch, and by runs that overlap', async () => {
    await using executable = await compiled()
    await executable.runOnDevice({ picture: pictureOf(image(20, 30)) })
    const { created } = textures
    for (let i = 0; i < 20; i++) await executable.runOnDevice({ picture: pictureOf(image(20, 30)) })
    expect(textures.created).toBe(created)
    for (let i = 0; i < 10; i++) {
      await Promise.all([1, 2, 3].map(() => executable.runOnDevice({ picture: pictureOf(image(20, 30)) })))
    }
    expect(textures.created).toBe(created + 2)
  })

  it('is reused by a batch of more pictures than are kept otherwise', async () => {
    const b = new GraphBuilder()
    const x = b.input([20, ...size, 3], { name: 'picture' })
    await using executable = await webgpu({ device }).compile(b.build([b.relu(x)]), new Map())
    const picture = Array.from({ length: 20 }, () => pictureOf(image(5, 5)))
    await executable.runOnDevice({ picture })
    const { created } = textures
    await executable.runOnDevice({ picture })
    expect(textures.created).toBe(created)
  })

  const security = () => {
    throw new DOMException('The image is cross-origin', 'SecurityError')
  }
  it.each([
    ['the host throws', { picture: image(5, 5) }, security, OptionError, 'The image is cross-origin'],
    [
      'the second picture is refused',
      { picture: [image(5, 5)], other: image(0, 5) },
      null,
      OptionError,
      'picture for "other": expected an image with pixels',
    ],
    [
      'the device finds it invalid',
      { picture: image(5, 5) },
      () => {
        device.createBuffer({ size: 4, usage: 0xffff }).destroy()
      },
      KernelError,
      'picture for "picture"',
    ],
    [
      'the host has no memory',
      { picture: image(5, 5) },
      () => {
        throw new RangeError('no memory')
      },
      OptionError,
      'no memory',
    ],
  ] as const)('is given back after 50 failures where %s', async (_name, given, copy, error, message) => {
    const untouched = alive()
    const executable = await compiled(Object.keys(given))
    const inputs = Object.fromEntries(
      Object.entries(given).map(([name, source]) => [
        name,
        Array.isArray(source) ? source.map(each => pictureOf(each)) : pictureOf(source),
      ]),
    )
    const before = alive()
    refuse = copy
    for (let i = 0; i < 50; i++) {
      const run = executable.runOnDevice(inputs)
      await expect(run).rejects.toThrow(error)
      await expect(run).rejects.toThrow(message)
    }
    // A picture that was fine keeps its memory for the next one.
    const kept = Object.keys(given).length - 1
    expect(alive()).toEqual(before.map(count => count + kept))
    refuse = null
    const good = Object.keys(given).map(name => [name, pictureOf(image(5, 5))] as const)
    await executable.runOnDevice(Object.fromEntries(good))
    await executable[Symbol.asyncDispose]()
    expect(alive()).toEqual(untouched)
  })

  it('leaves no rejection unhandled where one picture of a batch fails on the device and the next on the host', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.prependListener('unhandledRejection', note)
    const b = new GraphBuilder()
    const x = b.input([2, ...size, 3], { name: 'picture' })
    await using executable = await webgpu({ device }).compile(b.build([b.relu(x)]), new Map())
    const group = vi.spyOn(device, 'createBindGroup').mockImplementation(() => {
      throw new TypeError('no group')
    })
    let copies = 0
    refuse = () => {
      copies += 1
      if (copies === 2) security()
    }
    const picture = [pictureOf(image(5, 5)), pictureOf(image(6, 6))]
    await expect(executable.runOnDevice({ picture })).rejects.toThrow('The image is cross-origin')
    group.mockRestore()
    await new Promise(resolve => setTimeout(resolve, 20))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  it('is given back where the host makes no buffer, or no texture', async () => {
    await using executable = await compiled()
    const before = alive()
    for (const method of ['createBuffer', 'createTexture'] as const) {
      const refused = vi.spyOn(device, method).mockImplementation(() => {
        throw new RangeError('no memory left')
      })
      const run = executable.runOnDevice({ picture: pictureOf(image(5, 5)) })
      await expect(run).rejects.toThrow(DeviceMemoryError)
      refused.mockRestore()
    }
    expect(alive()).toEqual(before)
  })

  it('is not taken where a buffer of the caller does not fit', async () => {
    await using executable = await compiled()
    const before = alive()
    const buffer = device.createBuffer({ size: 16, usage: 0x80 })
    const outputs = { 'picture seen': { buffer } }
    for (let i = 0; i < 50; i++) {
      await expect(executable.runOnDevice({ picture: pictureOf(image(5, 5)) }, { outputs })).rejects.toThrow(ShapeError)
    }
    buffer.destroy()
    expect(alive()).toEqual(before)
  })
})

describe('what a picture is normalised by', () => {
  it.each([
    ['one channel', { scale: [1], offset: [0] }],
    ['NaN', { scale: [1, NaN, 1], offset: [0, 0, 0] }],
    ['nothing', {}],
  ])('is three finite numbers each: %s is refused', async (_name, wrong) => {
    await using executable = await compiled()
    const picture = { ...pictureOf(image(5, 5)), affine: wrong as Picture['affine'] }
    await expect(executable.runOnDevice({ picture })).rejects.toThrow(OptionError)
    await expect(executable.runOnDevice({ picture })).rejects.toThrow('a number for each of 3 channels')
  })
})

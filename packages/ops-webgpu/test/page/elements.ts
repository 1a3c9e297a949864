import { GraphBuilder } from '@depthwise/core'
import { fromImageData, normalizationAffine, preprocess, viewOf } from '@depthwise/models'
import { type ExternalImage, type Picture, type RunsOnDevice, webgpu } from '@depthwise/ops-webgpu'
import type { PageSuite } from '../page-suite.ts'

const size = [12, 16] as const
const recipe = { crop: 'torch', resampling: { filter: 'bilinear', antialias: true }, normalization: 'signed' } as const

function compiled(): Promise<RunsOnDevice> {
  const b = new GraphBuilder()
  const graph = b.build([b.clamp(b.input([1, ...size, 3], { name: 'picture' }), { min: -9, max: 9 }, { name: 'seen' })])
  return webgpu().compile(graph, new Map())
}

function pictureOf(source: ExternalImage): Picture {
  const { crop, resampling, normalization } = recipe
  return { source, view: of => viewOf(crop, of, size), resampling, affine: normalizationAffine(normalization) }
}

/** Four fields of different colours, 40 x 24. */
function scene(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(40, 24)
  const drawing = canvas.getContext('2d')
  if (!drawing) throw new Error('no canvas')
  for (const [i, colour] of ['#e02020', '#20c040', '#3050e0', '#f0e040'].entries()) {
    drawing.fillStyle = colour
    drawing.fillRect((i % 2) * 20, i < 2 ? 0 : 12, 20, 12)
  }
  return canvas
}

/** A JPEG that says it has to be turned by a quarter: an EXIF segment behind the first marker. */
async function turned(jpeg: Blob): Promise<Blob> {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]
  const segment = [...exif, 0, 0, 0, 0, 0, 0]
  const marker = Uint8Array.from([0xff, 0xe1, 0, segment.length + 2, ...segment])
  return new Blob([jpeg.slice(0, 2), marker, jpeg.slice(2)], { type: 'image/jpeg' })
}

async function img(attributes: Readonly<Record<string, string>>): Promise<HTMLImageElement> {
  const element = document.createElement('img')
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  document.body.append(element)
  await element.decode()
  return element
}

async function video(width: number): Promise<HTMLVideoElement> {
  const canvas = document.createElement('canvas')
  canvas.width = 40
  canvas.height = 24
  document.body.append(canvas)
  const element = document.createElement('video')
  element.width = width
  element.muted = true
  element.srcObject = canvas.captureStream(30)
  document.body.append(element)
  const drawing = canvas.getContext('2d')
  const timer = setInterval(() => drawing?.drawImage(scene(), 0, 0), 20)
  await element.play()
  while (element.videoWidth === 0) await new Promise(resolve => setTimeout(resolve, 20))
  clearInterval(timer)
  return element
}

export const elements: PageSuite['elements'] = async () => {
  const png = URL.createObjectURL(await scene().convertToBlob())
  const jpeg = await scene().convertToBlob({ type: 'image/jpeg', quality: 1 })
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 24"><path d="M0 0h20v12H0z" fill="red"/><path d="M20 12h20v12H20z" fill="lime"/></svg>'
  const sources: Readonly<Record<string, HTMLImageElement | HTMLVideoElement>> = {
    'as it is': await img({ src: png }),
    smaller: await img({ src: png, width: '10', height: '6' }),
    larger: await img({ src: png, width: '200', height: '24' }),
    'by style': await img({ src: png, style: 'width: 7px; height: 90px; object-fit: cover' }),
    hidden: await img({ src: png, style: 'display: none' }),
    'two pixels a point': await img({ srcset: `${png} 2x` }),
    turned: await img({ src: URL.createObjectURL(await turned(jpeg)), width: '5' }),
    drawing: await img({ src: `data:image/svg+xml,${encodeURIComponent(svg)}`, width: '20' }),
    video: await video(10),
  }
  await using executable = await compiled()
  const off: Record<string, number> = {}
  for (const [name, source] of Object.entries(sources)) {
    const [width, height] =
      source instanceof HTMLVideoElement
        ? [source.videoWidth, source.videoHeight]
        : [source.naturalWidth, source.naturalHeight]
    const drawing = new OffscreenCanvas(width, height).getContext('2d')
    drawing?.drawImage(source, 0, 0, width, height)
    const { data = new Uint8ClampedArray() } = drawing?.getImageData(0, 0, width, height) ?? {}
    const expected = preprocess(fromImageData({ data, width, height }), recipe, size)
    const { seen } = await executable.runOnDevice({ picture: pictureOf(source) })
    off[name] = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (seen?.data[i] ?? NaN)) * 127.5), 0)
  }
  return off
}

export const unreadable: PageSuite['unreadable'] = async () => {
  await using executable = await compiled()
  const said = (source: ExternalImage): Promise<string> =>
    executable.runOnDevice({ picture: pictureOf(source) }).then(
      () => 'it was read',
      error => `${error}`,
    )
  const loading = document.createElement('img')
  loading.src = '/slow.png'
  const broken = document.createElement('img')
  await new Promise(resolve => {
    broken.onerror = resolve
    broken.src = 'data:image/png;base64,AAAA'
  })
  const foreign = await img({ src: 'http://localhost/foreign.svg' })
  const bitmap = await createImageBitmap(scene())
  bitmap.close()
  const frame = new VideoFrame(scene(), { timestamp: 0 })
  frame.close()
  return {
    loading: await said(loading),
    broken: await said(broken),
    foreign: await said(foreign),
    video: await said(document.createElement('video')),
    bitmap: await said(bitmap),
    frame: await said(frame),
    wide: await said(new ImageData(20_000, 1)),
  }
}

export const textures: PageSuite['textures'] = async (sizes, failures) => {
  const { createTexture } = GPUDevice.prototype
  const { destroy } = GPUTexture.prototype
  const alive = new Set<GPUTexture>()
  let max = 0
  GPUDevice.prototype.createTexture = function (descriptor) {
    const texture = createTexture.call(this, descriptor)
    alive.add(texture)
    max = Math.max(max, alive.size)
    return texture
  }
  GPUTexture.prototype.destroy = function () {
    alive.delete(this)
    return destroy.call(this)
  }
  try {
    const executable = await compiled()
    for (let i = 0; i < sizes; i++) {
      await executable.runOnDevice({ picture: pictureOf(new ImageData(16 + i, 216 - i)) })
    }
    // It has a size, and the copy fails.
    const foreign = await img({ src: 'http://localhost/foreign.svg' })
    for (let i = 0; i < failures; i++) {
      await executable.runOnDevice({ picture: pictureOf(foreign) }).then(
        () => {
          throw new Error('a failure was expected')
        },
        () => {},
      )
    }
    await executable[Symbol.asyncDispose]()
    return { max, left: alive.size }
  } finally {
    GPUDevice.prototype.createTexture = createTexture
    GPUTexture.prototype.destroy = destroy
  }
}

// A page or worker that uses the package `depthwise` as its users do, and reports what each call gave.
import { load, type Net } from 'depthwise'
import { type Canvas, type ImageElement, scope } from './dom.ts'
import { collectErrors } from './page-errors.ts'

/** What a call gave: a value, the error it threw, or why it was not made. */
export interface Outcome {
  readonly value?: unknown
  readonly error?: { readonly name: string; readonly message: string }
  readonly skipped?: string
}

/** Outcomes by call, and what went wrong beside them. */
export interface DoorReport {
  readonly outcomes: Readonly<Record<string, Outcome>>
  readonly errors: readonly string[]
}

const network = 'network.tflite'
const query = new URLSearchParams(scope.location.search)
/** Of a server that allows no other pages to read what it serves. */
const foreign = query.get('foreign') ?? ''

const outcomes: Record<string, Outcome> = {}
class Lacking extends Error {}

/** Workers of Firefox ESR 153 do not always start workers of their own: some never answer, nor fail. */
function assertWorkers(): void {
  if (!scope.document && scope.navigator.userAgent.includes('Firefox')) {
    throw new Lacking('a worker does not always start workers of its own')
  }
}

async function call(name: string, work: () => unknown): Promise<void> {
  try {
    outcomes[name] = { value: await work() }
  } catch (error) {
    const { name: kind, message } = error as Error
    outcomes[name] = error instanceof Lacking ? { skipped: message } : { error: { name: kind, message } }
  }
}

const blobOf = async (url: string): Promise<Blob> => (await fetch(url)).blob()
const fileOf = async (url: string): Promise<File> => new File([await blobOf(url)], url)

/** Loads by address, twice: what is there may have changed. */
async function loading(): Promise<Net> {
  const received: number[] = []
  const first = await load(network, { onProgress: bytes => received.push(bytes) })
  const { name, format, backend, source, preprocessingFrom } = first.info
  outcomes['info'] = { value: { name, format, backend, source, preprocessingFrom } }
  outcomes['progress'] = { value: received.at(-1) }
  await first.close()
  return load(new URL(network, scope.location.href))
}

/** By the name of a published one, whose file is that of this site. */
async function published(): Promise<void> {
  const name = 'mobilenet_v1_0.25_128'
  await call('a published name', async () => {
    const asked: string[] = []
    const crops: unknown[] = []
    for (let i = 0; i < 2; i++) {
      const net = await load(name, {
        // The cache is that of the origin: page and worker have one each.
        cache: `published for the ${scope.document ? 'page' : 'worker'}`,
        fetch: url => {
          asked.push(String(url))
          return fetch('published.tflite')
        },
      })
      crops.push(net.info.preprocessingFrom.crop)
      await net.close()
    }
    return { crops, asked }
  })
  await call('a published name with other bytes', () => load(name, { cache: 'a', fetch: () => fetch('cat.png') }))
  await call('a published name offline', () =>
    load(name, { cache: 'b', fetch: () => Promise.reject(new TypeError('Failed to fetch')) }),
  )
  await call('a load that is aborted', async () => {
    const controller = new AbortController()
    const loading = load('slow/published.tflite', { cache: 'c', signal: controller.signal })
    scope.setTimeout(() => controller.abort(new RangeError('enough')), 50)
    return loading
  })
}

/** Results that pages and workers both produce. */
async function everywhere(net: Net): Promise<void> {
  const probabilities = async (image: Parameters<Net['classify']>[0]) => [...(await net.probabilities(image))]
  await call('an address', () => probabilities('cat.png'))
  await call('an absolute address', () => probabilities(new URL('cat.png', scope.location.href).href))
  await call('a URL', () => probabilities(new URL('cat.png', scope.location.href)))
  await call('a Blob', async () => probabilities(await blobOf('cat.png')))
  await call('a File', async () => probabilities(await fileOf('cat.png')))
  await call('bytes', async () => probabilities(await (await blobOf('cat.png')).arrayBuffer()))
  await call('an ImageBitmap', async () => probabilities(await scope.createImageBitmap(await blobOf('cat.png'))))
  await call('an OffscreenCanvas', async () => {
    if (!scope.OffscreenCanvas) throw new Lacking('no OffscreenCanvas')
    const bitmap = await scope.createImageBitmap(await blobOf('cat.png'))
    return probabilities(drawn(new scope.OffscreenCanvas(bitmap.width, bitmap.height), bitmap))
  })
  await call('a VideoFrame', async () => {
    if (!scope.VideoFrame) throw new Lacking('no VideoFrame')
    const frame = new scope.VideoFrame(await scope.createImageBitmap(await blobOf('cat.png')), { timestamp: 0 })
    try {
      return await probabilities(frame)
    } finally {
      frame.close()
    }
  })
  await call('a photo that a camera turned', () => net.classify('turned.jpg'))
  await call('a PNG with alpha', () => probabilities('alpha.png'))
  await call('a file that is no image', async () => net.classify(new File(['not an image'], 'notes.txt')))
  await call('a damaged image', async () =>
    net.classify(new Uint8Array(await (await blobOf('cat.png')).arrayBuffer()).fill(0, 16, 30)),
  )
  await call('a PNG that ends too soon', async () => net.classify((await blobOf('cat.png')).slice(0, 9000)))
  await call('a JPEG that ends too soon', async () => net.classify((await blobOf('turned.jpg')).slice(0, 9000)))
  await call('an address where nothing is', () => net.classify('nothing.png'))
  await call('an address of another origin', () => net.classify(`${foreign}/cat.png`))
  await call('an object that is no image', () => net.classify({ width: 3, height: 4 } as never))
  await call('classifyMany', async () => {
    const files = [await fileOf('cat.png'), new File(['nothing'], 'bad.png'), await fileOf('parrot.jpg')]
    const found: unknown[] = []
    for await (const { index, image, predictions, error } of net.classifyMany(files, { top: 1 })) {
      found.push({ index, file: image.name, label: predictions[0]?.label ?? null, error: error?.name ?? null })
    }
    return found
  })
  await call('classifyMany in workers', async () => {
    assertWorkers()
    let started = 0
    const worker = () => {
      started += 1
      return new scope.Worker('pool.js', { type: 'module' })
    }
    const images = [
      await fileOf('cat.png'),
      new File(['nothing'], 'bad.png'),
      'parrot.jpg',
      await scope.createImageBitmap(await blobOf('cat.png')),
      new URL('nothing.png', scope.location.href),
    ]
    const found: unknown[] = []
    for await (const { predictions, error } of net.classifyMany(images, { worker, jobs: 2, top: 1 })) {
      found.push(predictions[0]?.label ?? error?.name)
    }
    const lengths: number[] = []
    for await (const { embedding } of net.embedMany(['cat.png'], { worker, jobs: 2 }))
      lengths.push(Math.hypot(...embedding))
    return { found, lengths, started }
  })
  await call('classifyMany with a worker that does not load', async () => {
    assertWorkers()
    const warnings: string[] = []
    const { warn } = console
    console.warn = (text: string) => warnings.push(text)
    try {
      const worker = () => new scope.Worker('nothing.js', { type: 'module' })
      for (const options of [{ worker, jobs: 2 }, { jobs: 2 }, {}]) {
        for await (const { predictions } of net.classifyMany(['cat.png'], options))
          warnings.push(`${predictions.length}`)
      }
    } finally {
      console.warn = warn
    }
    return warnings
  })
  await call('embed', async () => Math.hypot(...(await net.embed('cat.png'))))
  await call('similarity', async () => [
    await net.similarity('cat.png', await fileOf('cat.png')),
    await net.similarity('cat.png', 'parrot.jpg'),
  ])
  await call('use', async () => {
    await net.use('reference')
    return { backend: net.info.backend, probabilities: await probabilities('cat.png') }
  })
}

function drawn(canvas: Canvas, bitmap: { readonly width: number; readonly height: number }): Canvas {
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  canvas.getContext('2d').drawImage(bitmap, 0, 0)
  return canvas
}

/** What only pages have. */
async function elements(net: Net, document: NonNullable<typeof scope.document>): Promise<void> {
  const probabilities = async (image: Parameters<Net['classify']>[0]) => [...(await net.probabilities(image))]
  const image = (src: string, css = ''): ImageElement => {
    const element = document.createElement('img')
    element.style.cssText = css
    element.src = src
    document.body.append(element)
    return element
  }
  const cat = image('cat.png')
  await cat.decode()
  const canvas = drawn(document.createElement('canvas'), await scope.createImageBitmap(await blobOf('cat.png')))
  await call('an <img>', () => probabilities(cat))
  await call('an <img> shown at another size', async () => {
    const small = image('cat.png', 'width: 20px; height: 50px')
    await small.decode()
    return probabilities(small)
  })
  await call('an <img> that is not loaded yet', async () => {
    const slow = image('slow/cat.png')
    return { wasComplete: slow.complete, probabilities: await probabilities(slow) }
  })
  await call('an <img> that a camera turned', async () => {
    return net.classify(image('turned.jpg'))
  })
  await call('a lazy <img> out of sight', async () => {
    const below = image('', 'margin-top: 20000px; display: block')
    ;(below as { loading?: string }).loading = 'lazy'
    below.src = 'slow/cat.png?lazy'
    return probabilities(below)
  })
  await call('an <img> without a file', () => net.classify(document.createElement('img')))
  await call('an <img> that does not load', () => net.classify(image('nothing.png')))
  await call('an <img> that did not load', async () => {
    const broken = image('nothing.png?again')
    await broken.decode().catch(() => {})
    return net.classify(broken)
  })
  await call('an <img> of another origin', async () => {
    const other = image(`${foreign}/cat.png`)
    await other.decode()
    return net.classify(other)
  })
  await call('a <canvas>', () => probabilities(canvas))
  await call('an empty <canvas>', () => net.classify(Object.assign(document.createElement('canvas'), { width: 0 })))
  await call('ImageData', () => probabilities(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)))
  await call('a <video>', async () => {
    if (!canvas.captureStream) throw new Lacking('no captureStream')
    const video = document.createElement('video')
    video.muted = true
    document.body.append(video)
    video.srcObject = canvas.captureStream()
    // A stream gives a frame for each time that its canvas is drawn on.
    const bitmap = await scope.createImageBitmap(canvas)
    const until = Date.now() + 5000
    void video.play().catch(() => {})
    while (video.videoWidth === 0 && Date.now() < until) {
      drawn(canvas, bitmap)
      await new Promise<void>(resolve => scope.setTimeout(resolve, 50))
    }
    if (video.videoWidth === 0) throw new Lacking('the engine plays no stream of a canvas')
    return net.classify(video)
  })
  await call('a <video> without a frame', () => net.classify(document.createElement('video')))
}

async function report(): Promise<DoorReport> {
  const errors = collectErrors()
  const net = await loading()
  outcomes['has a cache'] = { value: scope.caches !== undefined }
  if (scope.document) await elements(net, scope.document)
  await everywhere(net)
  await published()
  await net.close()
  await call('await using', async () => {
    let kept: Net
    {
      await using inner = await load(network)
      kept = inner
    }
    return kept.classify('cat.png')
  })
  await call('after close', () => net.classify('cat.png'))
  return { outcomes, errors }
}

function inWorker(): Promise<unknown> {
  const worker = new scope.Worker(`door.js${scope.location.search}`, { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`the worker failed: ${message}`))
  })
}

const found = await (scope.document && query.get('place') === 'worker' ? inWorker() : report()).catch(
  (error: Error) => `${error}\n${error.stack}`,
)
if (scope.document) await fetch('report', { method: 'POST', body: JSON.stringify(found) })
else scope.postMessage(found)

import { load, type Net } from 'depthwise'
import sharp from 'sharp'
import type { Answer } from '../../answer'

// POST an image (PNG, JPEG, ...): answers with what is drawn on it.

const maxBytes = 10_000_000
const maxPixels = 20_000_000

let opening: Promise<Net> | null = null

/** Opened at the first request, and kept for those that follow; an opening that failed is tried again. */
function network(): Promise<Net> {
  opening ??= load('public/default.depthwise').catch(error => {
    opening = null
    throw error
  })
  return opening
}

export async function POST(request: Request): Promise<Response> {
  const length = request.headers.get('content-length')
  if (length === null) return refuse(411, 'the length of the image is needed')
  if (!(Number(length) <= maxBytes)) return refuse(413, 'the image is too large')
  const bytes = new Uint8Array(await request.arrayBuffer())
  if ((await pixelsIn(bytes)) > maxPixels) return refuse(413, 'the image is too large')
  const net = await network()
  const start = performance.now()
  try {
    const predictions = await net.classify(bytes, { top: 3, signal: request.signal })
    const milliseconds = performance.now() - start
    return Response.json({ predictions, milliseconds, where: `${net.info.backend} on the server` } satisfies Answer)
  } catch (error) {
    if ((error as Error).name === 'FormatError') return refuse(400, 'this is not an image')
    throw error
  }
}

/** From the header of an image, before anything is decoded; 0 for what is not an image, which the network refuses. */
function pixelsIn(bytes: Uint8Array): Promise<number> {
  return sharp(bytes)
    .metadata()
    .then(
      ({ width, height }) => width * height,
      () => 0,
    )
}

function refuse(status: number, error: string): Response {
  return Response.json({ error }, { status })
}

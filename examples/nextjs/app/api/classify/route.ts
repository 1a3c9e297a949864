import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Classifier } from '@depthwise/models'
import sharp from 'sharp'
import { type Answer, openClassifier } from '../../classifier'

// POST a picture (PNG, JPEG, ...): answers with what is drawn on it.

const mostBytes = 10_000_000
const mostPixels = 20_000_000

let opening: Promise<Classifier> | null = null

/** Opened at the first request, and kept for those that follow; one that failed is tried again. */
function classifier(): Promise<Classifier> {
  opening ??= readFile(join(process.cwd(), 'public/default.depthwise'))
    .then(openClassifier)
    .catch(error => {
      opening = null
      throw error
    })
  return opening
}

export async function POST(request: Request): Promise<Response> {
  const length = request.headers.get('content-length')
  if (length === null) return refuse(411, 'the length of the picture is needed')
  if (!(Number(length) <= mostBytes)) return refuse(413, 'the picture is too large')
  const bytes = new Uint8Array(await request.arrayBuffer())
  const picture = await decode(bytes).catch(() => null)
  if (!picture) return refuse(400, 'this is no picture')
  const opened = await classifier()
  const start = performance.now()
  const predictions = await opened.classify(picture, { top: 3, signal: request.signal })
  const milliseconds = performance.now() - start
  return Response.json({ predictions, milliseconds, where: `${opened.session.backend} on the server` } satisfies Answer)
}

async function decode(bytes: Uint8Array) {
  const image = sharp(bytes, { limitInputPixels: mostPixels }).toColourspace('srgb').ensureAlpha()
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: 4, data } as const
}

function refuse(status: number, error: string): Response {
  return Response.json({ error }, { status })
}

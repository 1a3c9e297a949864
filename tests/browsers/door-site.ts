import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { pageOf, pageScripts } from '@depthwise/testing/page-script'
import { checkpoint, photo } from '@depthwise/testing/shared-folder'
import { type Answer, type Site, serveAnswers, typeOf } from '@depthwise/testing/site'
import { type Visit, VisitedSite } from '@depthwise/testing/visits'
import sharp from 'sharp'
import type { DoorReport } from './page/door.ts'

/** The network that the page loads. */
export const networkFile: string = checkpoint('mobilenet_v1_0.25_128_quant.tflite')

/** A photo stored lying on its side, with a note that it is to be turned, as cameras write it. */
const turned = async (): Promise<Buffer> =>
  sharp(await sharp(photo('parrot.jpg')).rotate(-90).toBuffer())
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
    .toBuffer()

/** A photo whose left third is transparent, with black beneath. */
async function withAlpha(): Promise<Buffer> {
  const { data, info } = await sharp(photo('cat.png')).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  for (let at = 0; at < data.length; at += 4) {
    if ((at / 4) % info.width < info.width / 3) data.fill(0, at, at + 4)
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
    .png()
    .toBuffer()
}

/** The images of the page, by name. */
export const doorImages = async (): Promise<ReadonlyMap<string, Uint8Array>> =>
  new Map<string, Uint8Array>([
    ['cat.png', readFileSync(photo('cat.png'))],
    ['parrot.jpg', readFileSync(photo('parrot.jpg'))],
    ['turned.jpg', await turned()],
    ['alpha.png', await withAlpha()],
  ])

/** A server of the page, and one of another origin that serves the same files, which allows no page to read them. */
export class DoorSite {
  readonly #own: VisitedSite<null, DoorReport>
  readonly #foreign: Site
  /** Names of the files that were served by visit. */
  readonly served: ReadonlyMap<string, readonly string[]>

  private constructor(own: VisitedSite<null, DoorReport>, foreign: Site, served: DoorSite['served']) {
    this.#own = own
    this.#foreign = foreign
    this.served = served
  }

  static async open(): Promise<DoorSite> {
    const files = new Map<string, string | Uint8Array>(await doorImages())
    files.set('', pageOf('door.js'))
    files.set('network.tflite', readFileSync(networkFile))
    files.set('published.tflite', readFileSync(networkFile))
    const source = (name: string): URL => new URL(`page/${name}.ts`, import.meta.url)
    for (const [name, text] of await pageScripts({ door: source('door'), pool: source('pool') })) files.set(name, text)

    const answer = async (path: string): Promise<Answer> => {
      if (path.split('/').includes('slow')) await sleep(500)
      const name = nameOf(path)
      const body = files.get(name)
      const headers = { 'Content-Type': typeOf(name === '' ? '/' : name), 'Cache-Control': 'no-store' }
      return { status: body === undefined ? 404 : 200, headers, ...(body !== undefined && { body }) }
    }
    const served = new Map<string, string[]>()
    const own = await VisitedSite.open<null, DoorReport>(({ folder, path }) => {
      served.set(folder, [...(served.get(folder) ?? []), nameOf(path)])
      return answer(path)
    })
    return new DoorSite(own, await serveAnswers(({ path }) => answer(path)), served)
  }

  /** A fresh address of the page, and what it will report. */
  invite(place: 'page' | 'worker'): Visit<DoorReport> {
    return this.#own.invite(null, { place, foreign: `${this.#foreign.url}other` })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own[Symbol.asyncDispose]()
    await this.#foreign[Symbol.asyncDispose]()
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

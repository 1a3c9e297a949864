import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { checkpoint, photo } from '@depthwise/testing/shared-folder'
import { build } from 'esbuild'
import sharp from 'sharp'
import type { DoorReport } from './page/door.ts'

const html =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="door.js"></script>'

const types: Readonly<Record<string, string>> = { js: 'text/javascript', png: 'image/png', jpg: 'image/jpeg' }

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

async function script(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`page/${name}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** A server of the page, and one of another origin that serves the same files, which allows no page to read them. */
export class DoorSite {
  readonly #servers: readonly [own: Server, foreign: Server]
  readonly #reports = new Map<string, (report: DoorReport | string) => void>()
  #visits = 0
  /** Names of the files that were served by visit: each visit has a folder of its own. */
  readonly served = new Map<string, string[]>()

  private constructor(files: ReadonlyMap<string, Uint8Array>) {
    const serve = (): Server =>
      createServer(async (request, response) => {
        const [, visit = '', ...path] = new URL(request.url ?? '', 'http://localhost').pathname.split('/')
        const name = path.at(-1) ?? ''
        if (name === 'report') {
          const chunks: Buffer[] = []
          for await (const chunk of request) chunks.push(chunk)
          response.writeHead(204).end()
          this.#reports.get(visit)?.(JSON.parse(Buffer.concat(chunks).toString()))
          return
        }
        this.served.set(visit, [...(this.served.get(visit) ?? []), name])
        if (path[0] === 'slow') await sleep(500)
        const bytes = name === '' ? Buffer.from(html) : files.get(name)
        const type = name === '' ? 'text/html; charset=utf-8' : types[name.slice(name.lastIndexOf('.') + 1)]
        response.writeHead(bytes ? 200 : 404, {
          'Content-Type': type ?? 'application/octet-stream',
          'Cache-Control': 'no-store',
          ...(bytes && { 'Content-Length': bytes.length }),
        })
        response.end(bytes)
      })
    this.#servers = [serve(), serve()]
  }

  static async open(): Promise<DoorSite> {
    const files = new Map(await doorImages())
    files.set('network.tflite', readFileSync(networkFile))
    files.set('published.tflite', readFileSync(networkFile))
    for (const name of ['door', 'pool']) files.set(`${name}.js`, Buffer.from(await script(name)))
    const site = new DoorSite(files)
    for (const server of site.#servers) {
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    }
    return site
  }

  /** A fresh address of the page, and what it will report. */
  invite(place: 'page' | 'worker'): { readonly url: string; readonly report: Promise<DoorReport>; visit: string } {
    const visit = `${this.#visits++}`
    const [own, foreign] = this.#servers.map(server => `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const report = new Promise<DoorReport | string>(resolve => this.#reports.set(visit, resolve)).then(found => {
      if (typeof found === 'string') throw new Error(found)
      return found
    })
    const query = new URLSearchParams({ place, foreign: `${foreign}/other` })
    return { url: `${own}/${visit}/?${query}`, report, visit }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    }
  }
}

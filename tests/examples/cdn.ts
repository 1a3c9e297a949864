import { readFile } from 'node:fs/promises'
import { repository } from '@depthwise/testing/shared-folder'
import { typeOf } from '@depthwise/testing/site'
import type { BrowserContext } from 'playwright-core'

/** A CDN that serves the files of npm packages as they are, under `NAME@VERSION/`. */
export const cdn = 'https://cdn.jsdelivr.net/npm/'

const address = /^((?:@[\w-]+\/)?[\w-]+)@([^/]+)\/(.+)$/

interface Published {
  readonly version: string
  readonly files?: readonly string[]
}

/** Where a package is: built in the repository, or among what @depthwise/formats depends on. */
const folderOf = (name: string): string =>
  name === 'depthwise' || name.startsWith('@depthwise/')
    ? `${repository}packages/${name.replace('@depthwise/', '')}/`
    : `${repository}packages/formats/node_modules/${name}/`

/** What the CDN would answer: a file that is in the package of that very version; null where it has none. */
async function published(path: string): Promise<Buffer | null> {
  const [, name, version, file = ''] = address.exec(path) ?? []
  if (name === undefined) return null
  const folder = folderOf(name)
  const manifest: Published = JSON.parse(await readFile(`${folder}package.json`, 'utf8').catch(() => '{}'))
  const inside =
    manifest.files?.some(entry => file === entry || file.startsWith(`${entry.replace(/\/\**$/, '')}/`)) ?? true
  return version === manifest.version && inside ? readFile(folder + file).catch(() => null) : null
}

/** Files in place of the CDN's own, by their path; null for one that it has not. */
export type Instead = ReadonlyMap<string, Uint8Array | null>

/**
 * Answers a browser's requests of the CDN with the packages as they were built here, and refuses whatever else is not on
 * this machine.
 * @returns what was asked for and refused, or not there
 */
export async function stageCdn(context: BrowserContext, instead: Instead = new Map()): Promise<readonly string[]> {
  const refused: string[] = []
  await context.route(
    url => url.hostname !== '127.0.0.1' && url.protocol.startsWith('http'),
    async route => {
      const url = route.request().url()
      const path = url.startsWith(cdn) ? url.slice(cdn.length) : null
      const replaced = [...instead].find(([end]) => path?.endsWith(end))
      const body = path === null ? null : replaced ? replaced[1] : await published(path)
      const headers = { 'Access-Control-Allow-Origin': '*' }
      if (body) return route.fulfill({ body: Buffer.from(body), contentType: typeOf(url), headers })
      refused.push(url)
      return path === null ? route.abort() : route.fulfill({ status: 404, headers })
    },
  )
  return refused
}

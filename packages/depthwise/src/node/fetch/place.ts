import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { OptionError } from '@depthwise/core'
import type { PublishedCheckpoint } from '@depthwise/models/published'

/** Where fetched files are kept: as the XDG base directory specification says, which ignores relative paths. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env['XDG_CACHE_HOME']
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'depthwise')
}

/** A file to fetch, and where it goes. */
export interface Place {
  readonly url: string
  readonly path: string
}

/**
 * Where a checkpoint is kept within a cache: a folder for each that has a name, and one for each address.
 * @throws OptionError for what is no address of the web
 */
export function placeOf(what: PublishedCheckpoint | string, cache: string): Place {
  const address = typeof what === 'string' ? what : what.url
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new OptionError({
      where: address || '""',
      expected: 'an address that begins with https:// or http://',
      found: 'none',
    })
  }
  const folder = typeof what === 'string' ? createHash('sha256').update(url.href).digest('hex').slice(0, 16) : what.name
  return { url: url.href, path: join(cache, folder, fileName(url)) }
}

/** The last part of an address, with nothing in it that a shell or a file system reads otherwise. */
function fileName({ pathname }: URL): string {
  const name = (pathname.split('/').at(-1) ?? '').replace(/%[0-9a-f]{2}|[^\w.-]/gi, '_').slice(-100)
  return /\w/.test(name) ? name : 'checkpoint'
}

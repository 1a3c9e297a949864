import { FormatError } from '@depthwise/core'
import type { PublishedCheckpoint } from '@depthwise/models/published'
import type { CheckpointFiles } from '../checkpoint/files.ts'
import { filesAtAddress } from '../checkpoint/remote.ts'
import type { FetchOptions } from '../platform.ts'
import { download } from './downloads.ts'

/** GitHub's own address redirects without CORS headers, so pages cannot follow it; the one it leads to has them. */
const readable = (url: string): string =>
  url.replace(/^https:\/\/github\.com\/([^/]+\/[^/]+)\/raw\//, 'https://raw.githubusercontent.com/$1/')

/** A published checkpoint, from the cache of the browser if it is there. */
export function filesOfPublished({ url, sha256, name }: PublishedCheckpoint, options: FetchOptions): CheckpointFiles {
  const address = readable(url)
  const files = filesAtAddress(address, async (each, expected) => {
    if (each !== address) return download(each, expected, undefined, options)
    try {
      return await download(address, expected, sha256, options)
    } catch (cause) {
      if (!(cause instanceof FormatError) || cause.expected.startsWith('SHA-256')) throw cause
      const byHand = `the file at ${url} (or download it, serve it beside the page, and pass its address to load)`
      throw new FormatError({ where: name, expected: byHand, found: cause.found, cause })
    }
  })
  return { ...files, name, record: async () => ({ url, checkpoint: name }) }
}

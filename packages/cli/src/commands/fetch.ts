import { OptionError } from '@depthwise/core'
import type { PublishedCheckpoint } from '@depthwise/models/published'
import { cachedCheckpoint, fetchCheckpoint } from 'depthwise/node'
import { publishedNames } from '../checkpoint/published-names.ts'
import { exitDone } from '../failure.ts'
import { didYouMean } from '../nearest.ts'
import type { Terminal } from '../terminal.ts'
import { bytes } from '../words.ts'

export interface FetchOptions {
  readonly sha256?: string
  readonly cache?: string
}

/** Milliseconds between two updates of the progress. */
const pace = 100
const clearLine = '\r\x1b[K'

/**
 * `depthwise fetch`: downloads a checkpoint by its published name or its address, unless it is in the cache, and prints its path.
 * @returns the exit code
 */
export async function fetch(what: string, options: FetchOptions, terminal: Terminal): Promise<number> {
  const known = await publishedNamed(what)
  if (known) terminal.note(`${known.name === what ? what : `${what} (${known.name})`} is published at ${known.url}`)
  const { stderr } = terminal.streams
  let shown = 0
  const onProgress = (received: number, total: number | undefined): void => {
    if (!stderr.isTTY || Date.now() < shown + pace) return
    shown = Date.now()
    stderr.write(`${clearLine}${bytes(received)}${total === undefined ? '' : ` of ${bytes(total)}`}`)
  }
  try {
    await terminal.print(await fetchCheckpoint(known ?? what, { ...options, onProgress }))
  } finally {
    if (shown > 0) stderr.write(clearLine)
  }
  return exitDone
}

/**
 * The published checkpoint of a name; undefined for an address.
 * @throws OptionError for another name, with the nearest
 */
async function publishedNamed(what: string): Promise<PublishedCheckpoint | undefined> {
  if (what.includes('://')) return undefined
  const cached = await cachedCheckpoint(what).catch(() => null)
  if (cached) return cached.checkpoint
  const expected = 'an address, or a name that `depthwise checkpoints` lists'
  const found = `neither.${didYouMean(what, publishedNames())}`.replace(/\.$/, '')
  throw new OptionError({ where: what || '""', expected, found })
}

import { OptionError } from '@depthwise/core'
import { publishedCheckpoints } from '@depthwise/models/published'
import { fetchCheckpoint } from 'depthwise/node'
import { exitDone } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { bytes } from '../words.ts'

export interface FetchOptions {
  readonly sha256?: string
  readonly cache?: string
}

/** Milliseconds between two lines of progress. */
const pace = 100
const clearLine = '\r\x1b[K'

/**
 * `depthwise fetch`: a checkpoint from the web, by the name we know it by or by its address. Its path is the answer, so that
 * it can stand where a checkpoint is asked for: `--checkpoint $(depthwise fetch NAME)`.
 * @returns the exit code
 */
export async function fetch(what: string, options: FetchOptions, terminal: Terminal): Promise<number> {
  const known = publishedCheckpoints.find(({ name }) => name === what)
  if (!known && !what.includes('://')) {
    const expected = 'an address, or a name that `depthwise checkpoints` lists'
    throw new OptionError({ where: what || '""', expected, found: 'neither' })
  }
  if (known) terminal.note(`${what} is published at ${known.url}`)
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

import { FormatError, OptionError } from '@depthwise/core'
import {
  type Checkpoint,
  type CheckpointFiles,
  expectedCheckpoint,
  filesInMemory,
  readCheckpoint,
  settleLabels,
  settlePreprocessing,
  usualSize,
} from 'depthwise/checkpoint'
import { keep, keptAt } from './kept.ts'
import type { ModelFacts, NamedBytes, Progress } from './protocol.ts'
import { hold } from './rooms.ts'

/** Reads what was dropped: one file, or a folder's files of which one names the others. */
export async function openFiles(files: readonly NamedBytes[]): Promise<ModelFacts> {
  const [first] = files
  if (!first) throw new Error('no file was given')
  // Of files of one name, the first to be dropped is meant: folders come after the files beside them.
  const byName = new Map(files.toReversed().map(({ name, bytes }) => [name, bytes]))
  const given = await filesInMemory(byName, first.name)
  const { model, stated, assumedSize } = await read(given)
  const name = model.metadata.name ?? given.main ?? first.name
  const { preprocessing, by } = settlePreprocessing(model, {}, stated)
  const { labels } = await settleLabels(model)
  const guessed = (['crop', 'resampling', 'normalization'] as const).filter(field => by[field] === 'guess')
  const named = { ...model, metadata: { ...model.metadata, name } }
  return hold('photo', named, { labels, preprocessing, assumed: [...guessed, ...(assumedSize ? ['size'] : [])] })
}

/** At the usual size, where the file leaves it open. */
async function read(files: CheckpointFiles): Promise<Checkpoint> {
  try {
    return await readCheckpoint(files)
  } catch (error) {
    if (error instanceof OptionError) {
      return { ...(await readCheckpoint(files, { fallbackSize: usualSize })), assumedSize: usualSize }
    }
    if (!(error instanceof FormatError) || error.expected !== expectedCheckpoint) throw error
    throw new Error(`${error.where} is no checkpoint that this page reads, but ${error.found}`)
  }
}

/** Fetches a checkpoint, or takes it from where it was kept the last time. */
export async function openUrl(url: string, report: (progress: Progress) => void): Promise<ModelFacts> {
  const address = new URL(url, location.href)
  if (address.protocol !== 'https:' && address.origin !== location.origin) {
    throw new Error(`${url}: expected an address that begins with https`)
  }
  const kept = await keptAt(address.href)
  const bytes = kept ?? (await download(address.href, report))
  const name = address.pathname.slice(address.pathname.lastIndexOf('/') + 1) || address.host
  const facts = await openFiles([{ name, bytes }])
  // Kept only once it was read: what is no checkpoint need not stay.
  if (!kept) await keep(address.href, bytes)
  return facts
}

async function download(url: string, report: (progress: Progress) => void): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch(error => {
    throw new Error(
      `${url} cannot be read from here: no network, or its host does not allow other pages (${error.message})`,
    )
  })
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status} ${response.statusText}`)
  const claimed = Number(response.headers.get('Content-Length'))
  const total = claimed > 0 && !response.headers.get('Content-Encoding') ? claimed : null
  const parts: Uint8Array[] = []
  let done = 0
  const reader = response.body.getReader()
  for (;;) {
    const { value, done: ended } = await reader.read()
    if (ended) break
    parts.push(value)
    done += value.length
    report({ done, total })
  }
  // By what came, never by what was claimed.
  const bytes = new Uint8Array(done)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

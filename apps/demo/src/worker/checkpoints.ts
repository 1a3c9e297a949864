import { FormatError, OptionError } from '@depthwise/core'
import {
  type Checkpoint,
  type CheckpointFiles,
  expectedCheckpoint,
  filesAtAddress,
  filesInMemory,
  readCheckpoint,
  readRemote,
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
  return open(given, given.main ?? first.name)
}

/** @param fallback what the network is called where its file gives it no name */
async function open(files: CheckpointFiles, fallback: string): Promise<ModelFacts> {
  const { model, stated, assumedSize } = await read(files)
  const name = model.metadata.name ?? fallback
  const named = { ...model, metadata: { ...model.metadata, name } }
  const { closeHead, openHead } = await import('./heads.ts')
  const head = await openHead(named)
  if (head) return head
  const { preprocessing, by } = settlePreprocessing(model, {}, stated)
  const { labels } = await settleLabels(model)
  const guessed = (['crop', 'resampling', 'normalization'] as const).filter(field => by[field] === 'guess')
  const assumed = [...guessed, ...(assumedSize ? ['size'] : [])]
  const facts = await hold('photo', named, { labels, preprocessing, assumed })
  await closeHead()
  return facts
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

/** Fetches a checkpoint and the files that it names, or takes them from where they were kept the last time. */
export async function openUrl(url: string, report: (progress: Progress) => void): Promise<ModelFacts> {
  const address = new URL(url, location.href)
  if (address.protocol !== 'https:' && address.origin !== location.origin) {
    throw new Error(`${url}: expected an address that begins with https`)
  }
  const onProgress = (done: number, total: number | undefined): void => report({ done, total: total ?? null })
  const fetched = new Map<string, Uint8Array<ArrayBuffer>>()
  const files = filesAtAddress(address.href, async (each, expected) => {
    const kept = await keptAt(each)
    if (kept) return kept
    const bytes = await readRemote(each, expected, { onProgress })
    fetched.set(each, bytes)
    return bytes
  })
  const facts = await open(files, address.pathname.slice(address.pathname.lastIndexOf('/') + 1) || address.host)
  // Kept only once they were read: what is no checkpoint need not stay.
  for (const [each, bytes] of fetched) await keep(each, bytes)
  return facts
}

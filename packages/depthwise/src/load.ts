import {
  type BytesLike,
  type Graph,
  type Metadata,
  type Model,
  OptionError,
  type Params,
  type Preprocessing,
  type Tail,
} from '@depthwise/core'
import { type Size2, show } from '@depthwise/core/backend'
import type { ArithmeticName } from '@depthwise/formats'
import { type BackendChoice, settleBackends } from './backends.ts'
import type { CheckpointFiles } from './checkpoint/files.ts'
import { filesInMemory, unnamed } from './checkpoint/in-memory.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint/read.ts'
import { headSetupOf } from './head-setup.ts'
import { type BlobLike, isBlob, isUrl, type UrlLike } from './image/source.ts'
import { settleLabels } from './labels.ts'
import { openNet } from './live-net.ts'
import type { Net } from './net.ts'
import type { FetchOptions, Platform } from './platform.ts'
import { settlePreprocessing } from './preprocessing.ts'
import { publishedBy } from './published.ts'
import type { DetectionSetup, HeadSetup } from './task.ts'

/** A graph with its weights, and what is known of it. */
export interface NetworkLike {
  readonly graph: Graph
  readonly params: Params
  readonly metadata?: Metadata
  /** What its file computes behind it. */
  readonly tail?: Tail
}

/**
 * A network: the name of a published one (`mobilenet_v2_1.0_224`, or one of `depthwise checkpoints`), an address, in Node a path of
 * a file or folder, the bytes of a file, a `File` or `Blob`, several files of a folder (a `FileList`, or bytes by name), or a graph
 * with its weights.
 */
export type NetworkSource =
  | string
  | UrlLike
  | BytesLike
  | BlobLike
  | Iterable<BlobLike>
  | ReadonlyMap<string, BytesLike>
  | NetworkLike

/** Where a network runs, how it takes images and how its classes are called; all of it is found out where it is left out. */
export interface LoadOptions extends FetchOptions {
  /** By name or made by the caller, in order of preference. Default: wasm, then reference. */
  readonly backends?: BackendChoice
  /** Names of the classes, in the order of the outputs. */
  readonly labels?: readonly string[]
  /** Goes before what the file says, field by field. */
  readonly preprocessing?: Partial<Preprocessing>
  /** `[height, width]`, or one number for both, for files that leave the size of their input open. */
  readonly size?: number | Size2
  /**
   * What becomes of values that a TFLite or ONNX file stores as integers. `real`: reals, which every backend computes. `integer`:
   * the integers that they are. Default: the reader's.
   */
  readonly arithmetic?: ArithmeticName
  /** How many predictions `classify` gives. Default 5. */
  readonly top?: number
  /** How the outputs of an SSD become boxes, where its file leaves it open. */
  readonly detection?: DetectionSetup
}

/**
 * Loads a network, ready to classify: fetches or reads it, whatever its format, settles how it takes images, and compiles it.
 * What had to be guessed is said once by `console.warn`, and stands in `info`.
 * @throws FormatError or UnsupportedOpError for what is no network, naming file and place in it; OptionError for a wrong call,
 * saying what to write; BackendUnavailableError when no backend can run it, with the reason of each
 */
export type Load = (source: NetworkSource, options?: LoadOptions) => Promise<Net>

export const loadOn =
  (platform: Platform): Load =>
  async (source, options = {}) => {
    const backends = await settleBackends(options.backends ?? (platform.preferred as BackendChoice), platform.registry)
    const checkpoint = await checkpointOf(source, options, platform)
    const { stated } = checkpoint
    const model = named(checkpoint)
    const head = await headSetupOf(model)
    const { preprocessing, by } = settlePreprocessing(model, options.preprocessing, stated, head?.usual)
    const { labels, isGuess } = options.labels
      ? { labels: options.labels, isGuess: false }
      : (head ?? (await settleLabels(model)))
    const { top = 5, signal, detection } = options
    const setup = {
      model,
      backends,
      preprocessing,
      preprocessingFrom: by,
      labels,
      top,
      ...(head && { task: head.task }),
      ...(detection && { detection }),
      ...(signal && { signal }),
    }
    const net = await openNet(setup, platform)
    warn(net, checkpoint, isGuess, head)
    return net
  }

interface Opened extends Pick<Checkpoint, 'model' | 'stated' | 'assumedSize'> {
  /** The name of its file or folder, where it has one. */
  readonly file?: string | undefined
}

/** A model under the name of its file, where it states none of its own. */
function named({ model, file }: Opened): Model {
  if (model.metadata.name !== undefined || file === undefined) return model
  return { ...model, metadata: { ...model.metadata, name: file } }
}

async function checkpointOf(source: NetworkSource, options: LoadOptions, platform: Platform): Promise<Opened> {
  const network = source as Partial<NetworkLike> | null | undefined
  if (network?.graph && network.params) {
    const { graph, params, metadata = {}, tail } = network
    return {
      model: { graph, params, metadata, ...(tail && { tail }) } as Model,
      stated: metadata.preprocessing ? { file: metadata.preprocessing } : {},
    }
  }
  const { size, arithmetic } = options
  const files = await filesOf(source, options, platform)
  const checkpoint = await readCheckpoint(files, { size: typeof size === 'number' ? [size, size] : size, arithmetic })
  return { ...checkpoint, file: lastPart(files.name) }
}

/** The files that a source names or holds. */
export async function filesOf(
  source: NetworkSource,
  options: FetchOptions,
  platform: Platform,
): Promise<CheckpointFiles> {
  if (typeof source === 'string' || isUrl(source)) {
    const text = typeof source === 'string' ? source : source.href
    if (/^https?:/i.test(text)) return platform.filesAtAddress(text, options)
    const published = (await platform.hasPath(text)) ? null : await publishedBy(text)
    return published ? platform.filesOfPublished(published, options) : platform.filesAt(text, options)
  }
  if (isBlob(source)) return filesInMemory(await source.arrayBuffer(), source.name)
  if (source instanceof Map) return filesInMemory(source as ReadonlyMap<string, BytesLike>)
  if (ArrayBuffer.isView(source) || /Buffer\]$/.test(Object.prototype.toString.call(source))) {
    return filesInMemory(source as BytesLike)
  }
  const blobs = isIterable(source) ? [...source] : []
  if (blobs.length > 0 && blobs.every(isBlob)) {
    const files = await Promise.all(blobs.map(async blob => [blob.name ?? 'file', await blob.arrayBuffer()] as const))
    return filesInMemory(new Map(files), 'the files')
  }
  const expected = "a published name ('mobilenet_v2_1.0_224'), an address, a path, bytes, a File, or { graph, params }"
  throw new OptionError({ where: 'network', expected, found: show(source) })
}

/** The last part of a path or an address; of bytes without a name, nothing. */
function lastPart(name: string): string | undefined {
  if (name === unnamed) return undefined
  const path = /^https?:/i.test(name) ? new URL(name).pathname : name
  return path.split(/[\\/]/).findLast(part => part !== '')
}

const isIterable = (source: unknown): source is Iterable<BlobLike> =>
  typeof source === 'object' && source !== null && Symbol.iterator in source

/** Says what was guessed: a wrong guess costs accuracy, and nothing else would show it. */
function warn({ info }: Net, { assumedSize }: Opened, isLabelGuess: boolean, head?: HeadSetup): void {
  const { crop, normalization } = info.preprocessingFrom
  const parts = [
    ...(crop === 'guess' ? ["the whole image is squeezed (preprocessing: { crop: 'squeeze' })"] : []),
    ...(normalization === 'guess' ? ["values are in [-1, 1] (preprocessing: { normalization: 'signed' })"] : []),
    ...(assumedSize ? [`its input is ${assumedSize.join('x')} (size: [${assumedSize.join(', ')}])`] : []),
    ...(head?.assumptions(info) ?? []),
    ...(isLabelGuess ? [`its classes are ${head?.labelsOf ?? 'ImageNet'}'s (labels)`] : []),
  ]
  if (parts.length === 0) return
  console.warn(
    `depthwise: "${info.name}" does not state how it was trained. Assuming that ${parts.join(', and that ')}. Pass these options to load() to settle them.`,
  )
}

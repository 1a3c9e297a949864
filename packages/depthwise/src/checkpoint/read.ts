import { FormatError, type Model } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { Format } from '@depthwise/formats'
import {
  externalDataFiles,
  hasKerasModel,
  readKeras,
  readManifest,
  readModel,
  readOnnx,
  readTFLite,
  readTfjs,
} from '@depthwise/formats/networks'
import { about } from './about.ts'
import { isArchitecture } from './architecture.ts'
import type { CheckpointFiles } from './files.ts'
import { formatOf } from './format.ts'
import type { HubDescription } from './hub.ts'
import { sized, sizedBy } from './open-size.ts'
import { type Origin, originOf, type StatedPreprocessing, sha256Of, withKnowledge } from './origin.ts'
import type { Reading } from './reading.ts'
import { type ReadCheckpointOptions, usualSize } from './size.ts'

/** What a checkpoint is, for errors. */
export const expectedCheckpoint =
  'a checkpoint (TFLite, ONNX, Keras, safetensors, npz, GGUF, or a folder with manifest.json or model.json)'

/** A checkpoint as it was read. */
export interface Checkpoint extends Reading {
  /** With what is known of the file besides, where it does not say so itself. */
  readonly model: Model
  /** Who states what of its preprocessing. */
  readonly stated: StatedPreprocessing
  /** Of the main file, in lower-case hex; null where the host cannot hash. */
  readonly sha256: string | null
  /** Bytes read, of all files. */
  readonly size: number
}

/** Names of the files that describe a network in a folder, in this order. */
const folderFiles = ['manifest.json', 'model.json', 'config.json'] as const
/** Where Teachable Machine puts the names of its classes. */
const labelsName = 'metadata.json'

/** What a reader has to work with. */
interface Context {
  readonly files: CheckpointFiles
  readonly main: string
  readonly bytes: Uint8Array
  readonly options: ReadCheckpointOptions
  /** The size to build at, where the file leaves its own open. */
  readonly size: Size2 | undefined
  readonly origin: Origin | undefined
}

type Reader = (context: Context) => Promise<Reading>

/** How each format becomes a network; what a format is called that holds none. */
const readers: Readonly<Record<Format, Reader | string>> = {
  tflite: async ({ bytes, size, options }) => ({
    model: await readTFLite(bytes, {
      inputShapes: sizedBy(size),
      ...arithmeticOf(options),
      wholeNames: options.wholeNames ?? false,
    }),
  }),
  safetensors: context => bareWeights('safetensors', context),
  npz: context => bareWeights('npz', context),
  gguf: context => bareWeights('gguf', context),
  depthwise: async ({ bytes }) => ({ model: await readModel(bytes) }),
  onnx: readOnnxFile,
  npy: 'a single array (.npy)',
  hdf5: readKerasFile,
  keras: readKerasFile,
  tfjs: readTfjsFolder,
  manifest: readManifestFolder,
}

/**
 * Reads a network, whatever the file is called: its content decides. What is known of the file besides (the table of known files,
 * the record of its download) is added where the file does not say so itself. The same for every caller, so that the same file
 * gives the same answers everywhere.
 * @throws FormatError when it is no network, an error of the host when a file cannot be read, and the errors of its format
 */
export async function readCheckpoint(files: CheckpointFiles, options: ReadCheckpointOptions = {}): Promise<Checkpoint> {
  const counted = counting(files)
  const main = files.main ?? (await mainOf(files))
  const bytes = await counted.read(
    main,
    files.main === null ? `a file of the checkpoint ${files.name}` : expectedCheckpoint,
  )
  const format = await formatOf(bytes)
  const hub = isOfHub(format) ? await describedByHub(counted, main) : undefined
  const size = options.size ?? hub?.size ?? options.fallbackSize
  const reader = format === null ? null : readers[format]
  if (reader === null && isArchitecture(bytes)) {
    const { readKerasPair } = await import('./keras-pair.ts')
    const { model, weights } = await readKerasPair(counted, main, bytes, size, options.sizeOption)
    return checkpointOf({ model }, await sha256Of(weights), undefined, counted)
  }
  if (typeof reader !== 'function') {
    const found = reader ?? (await describe(bytes))
    throw new FormatError({ where: files.where(main), expected: expectedCheckpoint, found })
  }
  const sum = await sha256Of(bytes)
  const origin = await originOf(sum, sum === null ? undefined : await files.record?.(sum))
  const context: Context = { files: counted, main, bytes, options, size, origin }
  const read = await about(files.name, () => sized(files.name, size, () => reader(context), options.sizeOption))
  return checkpointOf(hub ? { ...read, model: withHub(read.model, hub) } : read, sum, origin, counted)
}

/** Formats of the weights in folders of the Hugging Face Hub. */
const isOfHub = (format: Format | null): boolean => format === 'onnx' || format === 'safetensors'

async function describedByHub(files: CheckpointFiles, main: string): Promise<HubDescription | undefined> {
  return (await import('./hub.ts')).hubDescription(files, main)
}

/** What is written beside weights is written for them: it goes before what the weights alone lead to expect. */
function withHub(model: Model, { metadata }: HubDescription): Model {
  const preprocessing = { ...model.metadata.preprocessing, ...metadata.preprocessing }
  return { ...model, metadata: { ...model.metadata, ...metadata, preprocessing } }
}

function checkpointOf(
  { model, assumedSize }: Reading,
  sha256: string | null,
  origin: Origin | undefined,
  { total }: { readonly total: number },
): Checkpoint {
  const { metadata, stated, isKnown } = withKnowledge(model.metadata, sha256, origin)
  // The tables of known files hold none that were trained at another than the usual size.
  const assumed = assumedSize !== undefined && !isKnown && { assumedSize }
  return { model: { ...model, metadata }, stated, sha256, size: total, ...assumed }
}

/** The file of a folder that describes a network; another program may keep a file of such a name, too. */
async function mainOf(files: CheckpointFiles): Promise<string> {
  const present: string[] = []
  for (const name of folderFiles) {
    if (!(await files.has(name))) continue
    const bytes = await files.read(name, `a file of the checkpoint ${files.name}`)
    const format = await formatOf(bytes)
    if (format === 'manifest' || format === 'tfjs' || isArchitecture(bytes)) return name
    present.push(name)
  }
  const weights = await (await import('./hub.ts')).hubWeights(files)
  if (weights !== undefined) return weights
  const names = await files.list()
  // Of a folder that holds a single network, that is the one.
  const [name] = present.filter(each => each !== 'config.json')
  if (name !== undefined) return name
  const { describeFolder } = await import('./other-folders.ts')
  const expected = 'a file, or a folder with manifest.json or model.json'
  throw new FormatError({ where: files.name, expected, found: describeFolder(names) })
}

/** The same files, adding up what is read. */
function counting(files: CheckpointFiles): CheckpointFiles & { readonly total: number } {
  const read = new Map<string, number>()
  return {
    ...files,
    async read(file, expected) {
      const bytes = await files.read(file, expected)
      read.set(file, bytes.length)
      return bytes
    },
    get total() {
      return [...read.values()].reduce((sum, length) => sum + length, 0)
    },
  }
}

/** What a file is that is no checkpoint, and what to do about it. */
export async function describe(bytes: Uint8Array): Promise<string> {
  const identity = (await import('./detection.ts')).identifyFile(bytes)
  return identity ? `${identity.what}: ${identity.advice}` : 'a file of another kind'
}

const arithmeticOf = ({ arithmetic }: ReadCheckpointOptions) => (arithmetic === undefined ? {} : { arithmetic })

async function readOnnxFile({ files, main, bytes, size, options }: Context): Promise<Reading> {
  const externalData = new Map<string, Uint8Array>()
  const folder = main.slice(0, main.lastIndexOf('/') + 1)
  for (const name of await externalDataFiles(bytes)) {
    externalData.set(name, await files.read(folder + name, `weights of ${files.name}, which it keeps in this file`))
  }
  return { model: await readOnnx(bytes, { externalData, inputShapes: sizedBy(size), ...arithmeticOf(options) }) }
}

async function bareWeights(
  format: 'safetensors' | 'npz' | 'gguf' | 'keras',
  { bytes, size, origin }: Context,
): Promise<Reading> {
  return (await import('./bare-weights.ts')).readBareWeights(format, bytes, size, origin)
}

/** The network that a file of Keras describes, or the one that its bare weights belong to. */
async function readKerasFile(context: Context): Promise<Reading> {
  const { files, main, bytes, size, options } = context
  if (await hasKerasModel(bytes)) return { model: await readKeras(bytes, size ? { inputShape: [...size, 3] } : {}) }
  const { architectureBeside, describedBy } = await import('./keras-pair.ts')
  const beside = await architectureBeside(files, main)
  if (!beside) return bareWeights('keras', context)
  return { model: await describedBy(files, beside.name, beside.bytes, bytes, size, options.sizeOption) }
}

/** A folder of TensorFlow.js, and of it only the files that its JSON file names, and labels where they are beside it. */
async function readTfjsFolder({ files, main, bytes, size }: Context): Promise<Reading> {
  const read = (name: string): Promise<Uint8Array> => files.read(name, `a file of the checkpoint ${files.name}`)
  const inputShape = size && { inputShape: [...size, 3] }
  // Browsers print each request for a file that is not there, so a server is asked only for labels that are likely.
  const isLikely = (await files.list()).length > 0 || new TextDecoder().decode(bytes).includes('"tfjs-layers ')
  const labels = isLikely && (await files.has(labelsName)) && { labels: labelsName }
  return { model: await readTfjs(read, { file: main, ...inputShape, ...labels }) }
}

/** A folder of arrays. Its manifest never states a size; only the caller's changes that of one. */
async function readManifestFolder({ files, main, options: { size } }: Context): Promise<Reading> {
  const read = (name: string): Promise<Uint8Array> =>
    files.read(name === 'manifest.json' ? main : name, `a file of the checkpoint ${files.name}`)
  const { manifestGraph } = await import('@depthwise/models/weights')
  const model = await readManifest(read, layers => manifestGraph(layers, { resolution: size ?? usualSize }))
  return size ? { model } : { model, assumedSize: usualSize }
}

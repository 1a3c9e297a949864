import { elementCount, type Model, type Size2 } from '@depthwise/core'
import {
  detectFormat,
  readKeras,
  readManifest,
  readModel,
  readNpz,
  readOnnx,
  readSafetensors,
  readTFLite,
  readTfjs,
  type WeightsFile,
  weightsOf,
} from '@depthwise/formats'
import { buildArchitecture, presets, withKnownMetadata } from '@depthwise/models'
import { keep, keptAt } from './kept.ts'
import type { ModelFacts, NamedBytes, Progress } from './protocol.ts'
import { hold } from './rooms.ts'

/** What bare weights and open inputs are built for, where the file does not say. */
const usual: Size2 = [224, 224]

/** Where Teachable Machine puts the names of its classes, and its version. */
const labels = 'metadata.json'

/** Reads what was dropped: one file, or a folder's files of which one names the others. */
export async function openFiles(files: readonly NamedBytes[]): Promise<ModelFacts> {
  const main = files.find(({ bytes }) => ['tfjs', 'manifest'].includes(detectFormat(bytes) ?? '')) ?? files[0]
  if (!main) throw new Error('no file was given')
  const model = await readAny(main, files)
  const known = await withKnownMetadata(model, main.bytes)
  const named = known.metadata.name ? known : { ...known, metadata: { ...known.metadata, name: main.name } }
  return hold('photo', named, await labelsFor(named))
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

async function readAny({ name, bytes }: NamedBytes, files: readonly NamedBytes[]): Promise<Model> {
  const sibling = async (path: string): Promise<Uint8Array> => {
    const file = files.find(each => each.name === path.slice(path.lastIndexOf('/') + 1))
    if (!file) throw new Error(`${name} names ${path}: drop that file together with it`)
    return file.bytes
  }
  switch (detectFormat(bytes)) {
    case 'tflite':
      return readTFLite(bytes)
    case 'onnx':
      return readOnnx(bytes)
    case 'depthwise':
      return readModel(bytes)
    case 'safetensors':
      return built('safetensors', readSafetensors(bytes))
    case 'npz':
      return built('npz', { tensors: readNpz(bytes) })
    case 'keras':
    case 'hdf5': {
      const file = await readKeras(bytes)
      return file.model ?? built('keras', file)
    }
    case 'tfjs':
      return readTfjs(sibling, {
        file: name,
        inputShape: [...usual, 3],
        ...(files.some(file => file.name === labels) && { labels }),
      })
    case 'manifest':
      return readManifest(sibling)
    default:
      throw new Error(
        `${name} is no checkpoint that this page reads (TFLite, ONNX, Keras, TensorFlow.js, safetensors, npz)`,
      )
  }
}

/** The network that bare weights belong to, built and filled. */
function built(format: string, file: WeightsFile): Model {
  const weights = weightsOf(file)
  const { network, alpha, preset, resolution } = weights.architecture
  const graph = buildArchitecture(weights.architecture, resolution ? {} : { inputShape: [...usual, 3] })
  const name = `${network}, alpha ${alpha}, by ${weights.naming}'s names`
  return {
    graph,
    params: weights.onto(graph),
    metadata: { format, name, preprocessing: presets[preset].preprocessing },
  }
}

/** ImageNet's, where the network has as many classes and no names of its own. */
async function labelsFor({ graph, metadata }: Model): Promise<readonly string[] | undefined> {
  const output = graph.nodes.find(node => graph.outputs.includes(node.id))
  const classes = output && elementCount(output.shape.slice(1))
  if (metadata.labels?.length === classes) return undefined
  if (classes !== 1000 && classes !== 1001) return undefined
  const { imagenetLabels1000, imagenetLabels1001 } = await import('@depthwise/models/labels')
  return classes === 1000 ? imagenetLabels1000 : imagenetLabels1001
}

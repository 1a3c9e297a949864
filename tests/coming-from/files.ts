import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Model } from '@depthwise/core'
import { truncate } from '@depthwise/core/backend'
import { readManifest, writeOnnx } from '@depthwise/formats'
import { manifestGraph } from '@depthwise/models/weights'
import { mobileNetV2Preprocessor } from '@depthwise/testing/hub'
import { checkpoint, photo, shared, sharedBytes } from '@depthwise/testing/shared-folder'
import sharp from 'sharp'
import { tfjsGraphModel } from './tfjs-graph-model.ts'

/** What the camera shows, in a file that Chromium takes for it: each frame a JPEG. */
export const film = 'camera.mjpeg'

/** Puts what the programs of the guide name into a folder: photos, model files, and the packages that they import. */
export async function writeFiles(folder: string): Promise<void> {
  for (const name of ['cat.png', 'bird.png']) cpSync(photo(name), `${folder}/${name}`)
  const frame = await sharp(photo('parrot.jpg')).resize(640, 480).jpeg({ quality: 95 }).toBuffer()
  writeFileSync(`${folder}/${film}`, Buffer.concat(Array(10).fill(frame)))
  symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), `${folder}/node_modules`)

  mkdirSync(`${folder}/models`)
  cpSync(checkpoint('teachable_machine'), `${folder}/models/teachable`, { recursive: true })
  cpSync(checkpoint('mobilenet_v2_1.0_224_quant.tflite'), `${folder}/models/mobilenet_v2.tflite`)
  cpSync(`${shared}cases/embedder-v2-035-96.tflite`, `${folder}/models/embedder.tflite`)
  cpSync(`${shared}cases/augmented-preprocessed.keras`, `${folder}/transfer.keras`)
  cpSync(checkpoint('labels1001.txt'), `${folder}/labels.txt`)
  await writeConverted(folder)
}

/** V2 1.0/224 as other libraries keep it, without anything that says how it takes images. */
async function writeConverted(folder: string): Promise<void> {
  const { graph, params } = await readManifest(
    async name => sharedBytes(`checkpoints/mobilenet_v2_1.0_224_float/${name}`),
    manifestGraph,
  )
  const model: Model = { graph, params, metadata: {} }
  mkdirSync(`${folder}/models/v2`)
  for (const [name, bytes] of tfjsGraphModel(model)) writeFileSync(`${folder}/models/v2/${name}`, bytes)

  // Named as transformers.js looks for them.
  const onnx = onnxOf(model, 'Logits', 'logits')
  writeFileSync(`${folder}/mobilenet_v2.onnx`, onnx)
  writeRepository(`${folder}/models/mobilenet_v2`, onnx)
  writeRepository(`${folder}/models/mobilenet_v2_features`, onnxOf(model, 'AvgPool', 'pooler_output'))
}

/** The network up to a node, which the file calls `output`: an image in NCHW in, an open batch. */
function onnxOf({ graph, params }: Model, last: string, output: string): Uint8Array {
  const names: Readonly<Record<string, string>> = { input: 'pixel_values', [last]: output }
  const end = graph.nodes.find(({ name }) => name === last)
  if (!end) throw new Error(`no node ${last}`)
  const cut = truncate(graph, end.id)
  const nodes = cut.nodes.map(node => ({ ...node, name: names[node.name] ?? node.name }))
  return writeOnnx({ graph: { ...cut, nodes }, params }, { inputLayout: 'nchw', batch: 'batch' })
}

/** A folder as Hugging Face's hub has it, with the preprocessing of `google/mobilenet_v2_1.0_224`. */
function writeRepository(folder: string, onnx: Uint8Array): void {
  const labels = readFileSync(checkpoint('labels1001.txt'), 'utf8').trim().split('\n')
  const config = { model_type: 'mobilenet_v2', id2label: Object.fromEntries(labels.entries()) }
  mkdirSync(`${folder}/onnx`, { recursive: true })
  writeFileSync(`${folder}/onnx/model.onnx`, onnx)
  writeFileSync(`${folder}/config.json`, JSON.stringify(config))
  writeFileSync(`${folder}/preprocessor_config.json`, JSON.stringify(mobileNetV2Preprocessor))
}

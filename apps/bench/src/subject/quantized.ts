import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readNpy } from '@depthwise/formats'
import { filesInMemory, readCheckpoint } from 'depthwise/checkpoint'
import { doorsOf } from './build.ts'
import { packNetwork } from './pack.ts'
import type { Subject } from './subject.ts'

const shared = fileURLToPath(new URL('../../../../../shared/', import.meta.url))

/** The real quantised networks among the shared checkpoints that are measured, and the kind of their recorded inputs. */
const files: readonly (Subject & { readonly file: string; readonly input: string })[] = [
  {
    model: 'v2',
    alpha: 1,
    resolution: 224,
    precision: 'int8',
    file: 'tf2_mobilenet_v2_1.0_224_ptq.tflite',
    input: 'cat.224.ptq',
  },
  {
    model: 'v2',
    alpha: 1,
    resolution: 224,
    precision: 'uint8',
    file: 'mobilenet_v2_1.0_224_quant.tflite',
    input: 'cat.224.u8',
  },
  {
    model: 'v1',
    alpha: 1,
    resolution: 224,
    precision: 'uint8',
    file: 'mobilenet_v1_1.0_224_quant_embedding_extractor.tflite',
    input: 'cat.224.u8',
  },
  {
    model: 'v1',
    alpha: 0.25,
    resolution: 128,
    precision: 'uint8',
    file: 'mobilenet_v1_0.25_128_quant.tflite',
    input: 'cat.128.u8',
  },
]

/** The quantised networks of this model that lie beside the repository; none where the shared data is absent. */
export function quantizedSubjects(): readonly Subject[] {
  return files
    .filter(({ file }) => existsSync(`${shared}checkpoints/${file}`))
    .map(({ input: _, ...subject }) => subject)
}

/** A quantised file as it is, and the image it is given; the reference computes with its integers. */
export async function readQuantized(file: string) {
  const entry = files.find(known => known.file === file)
  if (!entry) throw new Error(`no quantised checkpoint ${file}`)
  const bytes = new Uint8Array(readFileSync(`${shared}checkpoints/${file}`))
  const raw = readNpy(new Uint8Array(readFileSync(`${shared}golden/litert/${entry.input}.input.npy`)))
  const { model: network } = await readCheckpoint(await filesInMemory(bytes, file))
  const doors = doorsOf(network)
  const input = Uint8Array.from(raw.data)
  const { index, values } = packNetwork(network)
  const written = { 'network.tflite': bytes, 'authored.json': index, 'authored.bin': values, 'input.bin': input }
  return { network, doors, input, files: written }
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSession, dequantized, type Network, type Tensor } from '@depthwise/core'
import { writeOnnx } from '@depthwise/formats'
import { reference } from '@depthwise/ops-cpu'
import type { Values } from '../peers/peer.ts'
import { writeTFLite } from '../tflite/write.ts'
import { buildNetwork, doorsOf, noise, toPlanes } from './build.ts'
import type { Description, Doors } from './description.ts'
import { packNetwork } from './pack.ts'
import { clampedNetwork, foldedNetwork } from './passes.ts'
import type { Prepared } from './prepared.ts'
import { readQuantized } from './quantized.ts'
import { type Subject, subjectKey } from './subject.ts'

/**
 * Writes one network in every form, with its input, into a folder of the workspace, and asks the reference for its answer.
 * Every process and page then reads what its runtime needs, so that all of them run the same weights on the same image.
 */
export async function prepareSubject(subject: Subject, workspace: string): Promise<Prepared> {
  const key = subjectKey(subject)
  const folder = join(workspace, key)
  mkdirSync(folder, { recursive: true })
  const write = (name: string, data: Uint8Array | string): void => writeFileSync(join(folder, name), data)
  const { network, doors, input, files } = subject.file ? await readQuantized(subject.file) : seeded(subject)
  for (const [name, data] of Object.entries(files)) write(name, data)
  write('subject.json', JSON.stringify({ subject, doors } satisfies Description))
  const output = await outputOf(network, doors, input)
  const { quantization } = output
  return { subject, key, expected: dequantized(output).data, ...(quantization && { quantization }), network }
}

function seeded(subject: Subject) {
  const network = buildNetwork(subject)
  const doors = doorsOf(network)
  const input = noise(doors.inputShape)
  const [authored, clamped] = [packNetwork(network), packNetwork(clampedNetwork(network))]
  const files = {
    'authored.json': authored.index,
    'authored.bin': authored.values,
    'clamped.json': clamped.index,
    'clamped.bin': clamped.values,
    'network.onnx': writeOnnx(foldedNetwork(network), { inputLayout: 'nchw' }),
    'network.tflite': writeTFLite(clampedNetwork(network)),
    'input.bin': bytesOf(input),
    'planes.bin': bytesOf(toPlanes(input, doors.inputShape)),
  }
  return { network, doors, input, files }
}

async function outputOf({ graph, params }: Network, { inputName, outputName }: Doors, input: Values): Promise<Tensor> {
  await using session = await createSession(graph, params, { backends: [reference()] })
  const outputs = await session.run({ [inputName]: input })
  return outputs[outputName] as Tensor
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

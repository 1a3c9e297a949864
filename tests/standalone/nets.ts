import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { main } from '@depthwise/cli'
import type { Model } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { readTFLite, readTfjs } from '@depthwise/formats'
import { beginInBytes, giveReals } from '@depthwise/models'
import { wasm } from '@depthwise/ops-cpu'
import { shared } from '@depthwise/testing/shared-folder'
import sharp from 'sharp'
import { afterAll } from 'vitest'

/** A real network: where its checkpoint lies, how it becomes a model, and the side of its images. */
export interface Net {
  readonly checkpoint: string
  readonly side: number
  /** Of integers, which are the same with and without relaxed SIMD. */
  readonly quantized: boolean
  model(): Promise<Model>
}

const read = (file: string): Uint8Array => new Uint8Array(readFileSync(`${shared}checkpoints/${file}`))

/** A net of either kind, and the smaller ones for engines that only interpret. */
export const nets = {
  V1: {
    checkpoint: 'mobilenet_v1_0.25_224_1_default_1.tflite',
    side: 224,
    quantized: false,
    model: async () => readTFLite(read('mobilenet_v1_0.25_224_1_default_1.tflite')),
  },
  V2: {
    checkpoint: 'mobilenet_v2_1.0_224_quant.tflite',
    side: 224,
    quantized: true,
    model: async () => readTFLite(read('mobilenet_v2_1.0_224_quant.tflite')),
  },
  'V1 small': {
    checkpoint: 'mobilenet_v1_0.25_128_quant.tflite',
    side: 128,
    quantized: true,
    model: async () => readTFLite(read('mobilenet_v1_0.25_128_quant.tflite')),
  },
  'V2 small': {
    checkpoint: 'teachable_machine',
    side: 224,
    quantized: false,
    model: () => readTfjs(async file => read(`teachable_machine/${file}`), { file: 'model.json' }),
  },
} as const satisfies Readonly<Record<string, Net>>

/** Files of a compiled network. */
export interface Compiled {
  readonly folder: string
  readonly loader: string
  read(file: string): Uint8Array<ArrayBuffer>
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that lives as long as the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'depthwise-standalone-'))
  folders.push(folder)
  return folder
}

/** Has the command line compile a network, as `net`, with its pixels between -1 and 1. */
export async function compiled({ checkpoint }: Net, ...args: readonly string[]): Promise<Compiled> {
  const folder = temporaryFolder()
  const said: string[] = []
  const stream = { write: (text: string) => said.push(text) > 0, on: () => stream, once: () => stream, isTTY: false }
  const path = `${shared}checkpoints/${checkpoint}`
  const command = ['compile', '--checkpoint', path, '-o', folder, '--name', 'net', '--normalize', 'signed', ...args]
  const code = await main(command, { stdout: stream as never, stderr: stream as never })
  if (code !== 0) throw new Error(said.join(''))
  return {
    folder,
    loader: pathToFileURL(join(folder, 'net.js')).href,
    read: file => new Uint8Array(readFileSync(join(folder, file))),
  }
}

/** A photo as RGB bytes, squeezed to a square. */
export async function photo(name: string, side: number): Promise<Uint8Array<ArrayBuffer>> {
  const image = sharp(`${shared}photos/${name}`).removeAlpha().toColourspace('srgb')
  return new Uint8Array(await image.resize(side, side, { fit: 'fill' }).raw().toBuffer())
}

/** What the compiler at run time, in this Node, makes of the pixels. */
export async function atRunTime(net: Net, simd: 'plain' | 'relaxed', pixels: Uint8Array): Promise<Float32Array> {
  const { graph, params } = await net.model()
  const inBytes = giveReals(beginInBytes(graph, 'signed'))
  await using executable = await wasm({ simd }).compile(inBytes, params)
  const input = nodeIndex(inBytes).get(inBytes.inputs[0] as number)?.name as string
  const outputs = await executable.run({ [input]: pixels })
  return Object.values(outputs)[0]?.data as Float32Array
}

/** Floats as their bytes: equal only where every bit is. */
export const bitsOf = (values: Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')

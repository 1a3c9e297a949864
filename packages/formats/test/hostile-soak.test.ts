import { type Tensor, tensor } from '@depthwise/core'
import { weightsOf } from '@depthwise/models/weights'
import { ggufFile, type TypedValue } from '@depthwise/testing/files/gguf-file'
import { strToU8, zipSync } from 'fflate'
import { afterAll, expect, test } from 'vitest'
import {
  detectFormat,
  readGguf,
  readNpy,
  readNpz,
  readSafetensors,
  readTFLite,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from '../src/index.ts'
import { survive } from './hostile.ts'
import { readManifestNetwork } from './manifest-network.ts'
import { jsonMutant } from './mutate-json.ts'
import { seeds as tfliteSeeds } from './tflite-seeds.ts'

const figures: string[] = []
afterAll(() => {
  if (process.env['DEPTHWISE_SOAK']) console.info(figures.join('\n'))
})

const floats = tensor([2, 3], [1, 2, 3, 4, 5, 6])
const arrays = new Map<string, Tensor>([
  ['features.0.0.weight', floats],
  ['features.1.conv.0.0.weight', tensor([2], Int8Array.of(1, 2))],
  ['b', tensor([1, 1, 2, 1], Int32Array.of(1, 2))],
])
const npy = [writeNpy(floats), writeNpy(tensor([3], Int8Array.of(1, 2, 3)))]
const npz = [writeNpz(arrays), zipSync({ 'a.npy': writeNpy(tensor([200], new Float32Array(200))) }, { level: 9 })]
const safetensors = [
  writeSafetensors(arrays, { metadata: { format: 'pt' } }),
  writeSafetensors(arrays, { dtype: 'float16' }),
]
const words: TypedValue = {
  type: 9,
  value: [
    { type: 8, value: 'a' },
    { type: 8, value: 'bc' },
  ],
}
const gguf = [
  ggufFile(arrays),
  ggufFile(arrays, [
    ['name', { type: 8, value: 'net' }],
    ['n', { type: 4, value: 7 }],
    ['words', words],
  ]),
]
const manifest = [
  strToU8(
    JSON.stringify({
      layers: [
        { layer: 'Conv', weight: 'w.npy', weight_shape: [2, 3, 3, 3], bias: 'b.npy' },
        { layer: 'expanded_conv/depthwise', weight: 'w.npy', weight_shape: [1, 3, 3, 2], bias: 'b.npy' },
      ],
    }),
  ),
]

const formats: readonly (readonly [string, readonly Uint8Array[], (bytes: Uint8Array) => unknown])[] = [
  ['npy', npy, readNpy],
  ['npz', npz, readNpz],
  ['safetensors', safetensors, readSafetensors],
  ['gguf', gguf, readGguf],
  ['weights', safetensors, bytes => weightsOf(readSafetensors(bytes))],
  ['tflite', tfliteSeeds(), readTFLite],
  ['detection', [...npy, ...npz, ...safetensors, ...gguf, ...manifest, ...tfliteSeeds()], detectFormat],
]

test.each(formats)('%s', async (name, seeds, read) => {
  figures.push(`${name}: ${await survive(seeds, read)}`)
})

test('a manifest, which can name no network so small that all of it parses', async () => {
  const read = async (bytes: Uint8Array): Promise<void> => {
    await expect(readManifestNetwork(async file => (file === 'manifest.json' ? bytes : npy[0]!))).rejects.toThrow(
      /expected/,
    )
  }
  figures.push(`manifest: ${await survive(manifest, read)}`)
  figures.push(`manifest, as JSON: ${await survive(manifest, read, jsonMutant)}`)
})

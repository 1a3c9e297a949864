import { type Tensor, tensor } from '@depthwise/core'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { detectFormat, writeNpy, writeNpz, writeSafetensors } from '../src/index.ts'
import { seeds } from './tflite-seeds.ts'

const array = tensor([2], [1, 2])
const arrays = new Map<string, Tensor>([['a', array]])

/** A protobuf field: its tag, then a varint or counted bytes, all shorter than 128. */
const field = (number: number, value: number | readonly number[]): readonly number[] =>
  typeof value === 'number' ? [number * 8, value] : [number * 8 + 2, value.length, ...value]

/** A length and a JSON header, as safetensors begins. */
function header(json: unknown): Uint8Array {
  const text = strToU8(JSON.stringify(json))
  return Uint8Array.of(text.length, 0, 0, 0, 0, 0, 0, 0, ...text)
}

describe('formats by their bytes', () => {
  test.each([
    ['npy', writeNpy(array)],
    ['npz', writeNpz(arrays)],
    ['gguf', strToU8('GGUF\x03\0\0\0')],
    ['safetensors', writeSafetensors(arrays)],
    ['safetensors', writeSafetensors(arrays, { metadata: { format: 'pt' } })],
    ['depthwise', writeSafetensors(arrays, { metadata: { 'depthwise.graph': '{}' } })],
    ['tflite', seeds()[0] as Uint8Array],
    ['hdf5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0)],
    [
      'keras',
      zipSync({ 'metadata.json': strToU8('{}'), 'config.json': strToU8('{}'), 'model.weights.h5': strToU8('') }),
    ],
    ['keras', zipSync({ 'x.weights.h5': strToU8('') })],
    ['tfjs', strToU8(' \n{"format": "layers-model", "modelTopology": {}, "weightsManifest": []}')],
    ['tfjs', strToU8('\ufeff{"modelTopology": null}').slice(3)],
    ['manifest', strToU8('{"layers": [{"layer": "Conv", "weight": "a.npy", "bias": "b.npy"}]}')],
    ['onnx', Uint8Array.from([...field(1, 8), ...field(2, [...strToU8('pytorch')]), ...field(7, [0, 1, 2])])],
    ['onnx', Uint8Array.from([...field(7, [...field(2, [0x61])]), ...field(8, [])])],
  ] as const)('%s', (format, bytes) => {
    expect(detectFormat(bytes)).toBe(format)
  })

  test.each([
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(100)],
    ['text', strToU8('MobileNet: efficient convolutional neural networks')],
    ['other JSON', strToU8('{"layers": []}')],
    ['JSON that breaks off', strToU8('{"modelTopology": ')],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46)],
    ['another archive', zipSync({ 'readme.txt': strToU8('text') })],
    ['an archive without its end', writeNpz(arrays).subarray(0, -30)],
    ['a protobuf of another kind', Uint8Array.from([...field(1, 8), ...field(9, 1)])],
    ['a model without a graph', Uint8Array.from(field(1, 8))],
    ['a graph longer than its file', Uint8Array.of(7 * 8 + 2, 100, 0)],
    ['a header with metadata of numbers', header({ __metadata__: { version: 1 } })],
    ['a header with metadata that is one number', header({ __metadata__: 1 })],
    ['a varint without end', new Uint8Array(40).fill(0xff)],
  ] as const)('%s is none', (_, bytes) => {
    expect(detectFormat(bytes)).toBeNull()
  })
})

describeShared('the shared files', () => {
  test.each([
    ['tflite', 'checkpoints/mobilenet_v2_1.0_224_quant.tflite'],
    ['tflite', 'checkpoints/visual_wake_words/vww_96_float.tflite'],
    ['hdf5', 'checkpoints/visual_wake_words/vww_96.h5'],
    ['safetensors', 'checkpoints/torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors'],
    ['tfjs', 'checkpoints/teachable_machine/model.json'],
    [null, 'checkpoints/teachable_machine/metadata.json'],
    [null, 'checkpoints/teachable_machine/weights.bin'],
    ['manifest', 'checkpoints/mobilenet_v2_1.0_224_float/manifest.json'],
    ['npy', 'checkpoints/mobilenet_v2_1.0_224_float/Conv.bias.npy'],
    [null, 'photos/cat.png'],
    [null, 'checkpoints/labels1000.txt'],
  ] as const)('%s: %s', (format, path) => {
    expect(detectFormat(sharedBytes(path))).toBe(format)
  })
})

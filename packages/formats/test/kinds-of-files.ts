import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { tensor } from '@depthwise/core'
import { ggufFile } from '@depthwise/testing/files/gguf-file'
import { onnxFile } from '@depthwise/testing/files/onnx-file'
import { gzipSync, strToU8, zipSync } from 'fflate'
import { type Format, writeNpy, writeNpz, writeSafetensors } from '../src/index.ts'
import { sound } from './onnx-sound.ts'
import { seeds } from './tflite-seeds.ts'

// Small files of every kind that people pass to a reader, rightly or by mistake.

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, char => char.charCodeAt(0))
/** Followed by bytes that mean nothing. */
const bytes = (start: string, length = 64): Uint8Array => {
  const file = new Uint8Array(Math.max(length, start.length)).fill(0x9d, start.length)
  file.set(latin1(start))
  return file
}
const zip = (...names: readonly string[]): Uint8Array =>
  zipSync(Object.fromEntries(names.map(name => [name, strToU8('x')])))
const message = (write: (writer: BinaryWriter) => BinaryWriter): Uint8Array => write(new BinaryWriter()).finish()
const json = (value: unknown): Uint8Array => strToU8(JSON.stringify(value))

const node = message(w => w.tag(1, 2).string('input').tag(2, 2).string('Placeholder').tag(6, 2).bytes(bytes('\x0a')))
const graphDef = message(w => w.tag(1, 2).bytes(node).tag(1, 2).bytes(node).tag(4, 2).bytes(new Uint8Array(2)))
const facts = message(w => w.tag(2, 2).bytes(bytes('ops')).tag(4, 2).string('serve'))
const metaGraph = message(w => w.tag(1, 2).bytes(facts).tag(2, 2).bytes(graphDef))
const layer = message(w => w.tag(1, 2).string('conv1').tag(2, 2).string('Convolution').tag(7, 2).bytes(bytes('')))
const tar = new Uint8Array(1024)
tar.set(strToU8('mobilenet/model.ckpt.index'))
tar.set(latin1('ustar\0'), 257)
const bitmap = bytes('BM')
bitmap.set([40, 0, 0, 0], 14)
const table = new Uint8Array(100).fill(0x9d)
table.set(latin1('\x57\xfb\x80\x8b\x24\x75\x47\xdb'), 92)

/** What no reader takes: what it is, a file, a word of the advice. */
export const foreign: readonly (readonly [what: string, file: Uint8Array, advice: RegExp])[] = [
  ['an empty file', new Uint8Array(0), /again/],
  ['an HTML page', strToU8('<!DOCTYPE html>\n<html><head><title>404</title></head></html>'), /address/],
  ['an HTML page', strToU8('\ufeff\r\n <!-- build 7 -->\n<!doctype html><html lang="en">'), /address/],
  [
    'an HTML page',
    strToU8('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">'),
    /address/,
  ],
  ['an HTML page', strToU8('<HTML><BODY>Not found</BODY></HTML>'), /address/],
  ['an XML file', strToU8('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'), /storage/],
  ['an SVG picture', strToU8('<svg xmlns="http://www.w3.org/2000/svg"/>'), /checkpoint/],
  [
    'a Git LFS pointer, which stands in for the file',
    strToU8('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 14000000\n'),
    /git lfs pull/,
  ],
  ['a text file', strToU8('MobileNet: efficient convolutional neural networks'), /checkpoint/],
  ['a text file', strToU8('naïve café ☕\n'), /checkpoint/],
  ['JSON that breaks off or is damaged', strToU8('{"modelTopology": '), /again/],
  ['JSON of another kind', json({ layers: [] }), /model\.json/],
  ['JSON of another kind', json(['person', 'none']), /model\.json/],
  [
    'the configuration of a Keras model, without weights',
    json({ class_name: 'Functional', config: {} }),
    /option architecture/,
  ],
  [
    'the configuration of a Keras model, without weights',
    json(JSON.stringify({ class_name: 'Functional', config: {} })),
    /option architecture/,
  ],
  ['a text file', strToU8('"{quoted}" is not JSON'), /checkpoint/],
  ['the index of a safetensors file in parts', json({ metadata: {}, weight_map: {} }), /merge/],
  ["Teachable Machine's metadata.json", json({ tfjsVersion: '1.3.1', tmVersion: '2.4.5', labels: [] }), /model\.json/],
  ['a PNG picture', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), /classifier/],
  ['a JPEG picture', bytes('\xff\xd8\xff\xe0\0\x10JFIF\0'), /classifier/],
  ['a JPEG picture', bytes('\xff\xd8\xff\xe1\x01\x10Exif\0'), /classifier/],
  ['a GIF picture', bytes('GIF89a'), /classifier/],
  ['a WebP picture', bytes('RIFF\x24\0\0\0WEBPVP8 '), /classifier/],
  ['a BMP picture', bitmap, /classifier/],
  ['a HEIC picture', bytes('\0\0\0\x18ftypheic'), /classifier/],
  ['a HEIC picture', bytes('\0\0\0\x18ftypmif1'), /classifier/],
  ['an AVIF picture', bytes('\0\0\0\x1cftypavif'), /classifier/],
  ['a video', bytes('\0\0\0\x20ftypisom'), /checkpoint/],
  ['a TIFF picture', bytes('II*\0\x08\0\0\0'), /classifier/],
  ['a TIFF picture', bytes('MM\0*\0\0\0\x08'), /classifier/],
  ['a JPEG XL picture', bytes('\0\0\0\x0cJXL \r\n\x87\n'), /classifier/],
  ['an ICO picture', bytes('\0\0\x01\0\x01\0'), /classifier/],
  ['a PDF document', bytes('%PDF-1.7\n'), /checkpoint/],
  ['a gzip archive (.gz, .tar.gz)', gzipSync(strToU8('x')), /gunzip/],
  ['a bzip2 archive', bytes('BZh91AY&SY'), /unpack/],
  ['an xz archive', bytes('\xfd7zXZ\0'), /unpack/],
  ['a Zstandard archive', bytes('\x28\xb5\x2f\xfd'), /unpack/],
  ['a 7z archive', bytes('7z\xbc\xaf\x27\x1c'), /unpack/],
  ['a RAR archive', bytes('Rar!\x1a\x07\x01\0'), /unpack/],
  ['a tar archive', tar, /tar -xf/],
  [
    'a zip archive that holds "converted/model_unquant.tflite"',
    zip('labels.txt', 'converted/model_unquant.tflite'),
    /unpack/,
  ],
  ['a zip archive that holds "saved_model/saved_model.pb"', zip('saved_model/saved_model.pb'), /unpack/],
  ['a zip archive that holds "model.json"', zip('metadata.json', 'model.json', 'weights.bin'), /unpack/],
  ['a zip archive that holds "b.npy"', zip('a.txt', 'b.npy'), /unpack/],
  ['a zip archive of "a.txt", "b.txt", "c.txt", ...', zip('a.txt', 'b.txt', 'c.txt', 'd.txt'), /checkpoint/],
  ['an empty zip archive', zipSync({}), /checkpoint/],
  ['a zip archive that breaks off', zip('model.onnx').subarray(0, -8), /again/],
  [
    'a PyTorch checkpoint (.pth, .pt)',
    zip('archive/data.pkl', 'archive/version', 'archive/data/0'),
    /torch\.onnx\.export/,
  ],
  ['a PyTorch checkpoint (.pth, .pt)', bytes('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.'), /torch\.onnx\.export/],
  [
    'a TorchScript archive (.pt)',
    zip('net/code/__torch__.py', 'net/data.pkl', 'net/constants.pkl'),
    /torch\.onnx\.export/,
  ],
  ['a Python pickle', latin1('\x80\x04\x95\x0f\0\0\0\0\0\0\0}\x94\x8c\x01a\x94K\x01s.'), /torch\.onnx\.export/],
  [
    'the saved_model.pb of a TensorFlow SavedModel',
    message(w => w.tag(1, 0).int64(1).tag(2, 2).bytes(metaGraph)),
    /convert/,
  ],
  ['a frozen graph of TensorFlow (GraphDef, .pb)', graphDef, /convert/],
  ['the .meta file of a TensorFlow checkpoint', metaGraph, /convert/],
  ['the index of a TensorFlow checkpoint', table, /TFLite/],
  ['a Caffe model', message(w => w.tag(1, 2).string('MobileNet').tag(100, 2).bytes(layer)), /ONNX/],
  ['a Caffe model', message(w => w.tag(1, 2).string('CaffeNet').tag(2, 2).bytes(layer)), /ONNX/],
  [
    'a Core ML model',
    message(w => w.tag(1, 0).int32(4).tag(2, 2).bytes(bytes('\x0a')).tag(500, 2).bytes(layer)),
    /ONNX/,
  ],
  ["an .ort file of ONNX Runtime's own", bytes('\x18\0\0\0ORTM'), /\.onnx/],
  ['an ExecuTorch program (.pte)', bytes('\x1c\0\0\0ET12'), /torch\.onnx\.export/],
  ['a WebAssembly module', bytes('\0asm\x01\0\0\0'), /checkpoint/],
]

const array = tensor([2], [1, 2])
const arrays = new Map([['a', array]])

/** A file of every format, and the function that reads it. */
export const checkpoints: readonly (readonly [format: Format, file: Uint8Array, reader: string])[] = [
  ['tflite', seeds()[0] as Uint8Array, 'readTFLite'],
  ['onnx', onnxFile(sound), 'readOnnx'],
  ['safetensors', writeSafetensors(arrays), 'readSafetensors'],
  ['depthwise', writeSafetensors(arrays, { metadata: { 'depthwise.graph': '{}' } }), 'readModel'],
  ['npy', writeNpy(array), 'readNpy'],
  ['npz', writeNpz(arrays), 'readNpz'],
  ['gguf', ggufFile(arrays), 'readGguf'],
  ['hdf5', bytes('\x89HDF\r\n\x1a\n'), 'readKeras'],
  ['keras', zip('metadata.json', 'config.json', 'model.weights.h5'), 'readKeras'],
  ['tfjs', json({ modelTopology: {}, weightsManifest: [] }), 'readTfjs'],
  ['manifest', json({ layers: [{ layer: 'Conv', weight: 'a.npy', bias: 'b.npy' }] }), 'readManifest'],
]

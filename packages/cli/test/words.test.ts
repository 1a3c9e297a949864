import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tensor, zeros } from '@depthwise/core'
import { writeNpy, writeNpz } from '@depthwise/formats'
import { depthwise } from '@depthwise/testing/command'
import { temporaryFile, temporaryFolder } from '@depthwise/testing/temporary'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'

const image = join(samples, '3.png')

/** One line that is about a path. */
function expectLine(stderr: string, path: string): void {
  expect(stderr).toMatch(/^depthwise: [^\n]+\n$/)
  expect(stderr).toContain(`depthwise: ${path}: `)
  expect(stderr.length - path.length).toBeLessThan(330)
  expect(stderr).not.toMatch(/byte \d|offset/)
}

const pickle = Uint8Array.from([0x80, 2, 0x7d, 0x71, 0, 0x2e])

describe('what is no checkpoint is named for what it is', () => {
  test.each<[what: string, content: string | Uint8Array, words: string]>([
    ['an HTML page', '<!DOCTYPE html><html><body>Not found</body></html>', 'an HTML page'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', 'run "git lfs pull"'],
    ['gzip', gzipSync('net'), 'a gzip archive'],
    ['a zip with a checkpoint', zip('a/net.onnx'), 'a zip archive that holds "a/net.onnx"'],
    ['a zip without one', zip('readme.txt'), 'a zip archive of "readme.txt"'],
    ['JSON', '{"a": 1}', 'JSON of another kind'],
    ['a configuration of Keras', '{"class_name":"Functional","config":{}}', 'the configuration of a Keras model alone'],
    ['a pickle', pickle, 'a Python pickle'],
    ['text', 'no network', 'a text file'],
    ['a picture', readFileSync(image), 'a PNG picture'],
    ['an array', writeNpy(tensor([1], [1])), 'a single array (.npy)'],
  ])('%s', async (_, content, words) => {
    const path = temporaryFile('net.onnx', content)
    const calls = [
      ['inspect', path],
      ['classify', image, '--checkpoint', path],
      ['cost', '--checkpoint', path],
      ['convert', path, join(temporaryFolder(), 'out.onnx')],
    ]
    for (const args of calls) {
      const { code, stdout, stderr } = await depthwise(...args)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expectLine(stderr, path)
      expect(stderr).toContain(words)
    }
  })

  test.each<[what: string, files: string[], words: string]>([
    ['a SavedModel', ['saved_model.pb', 'fingerprint.pb'], 'a TensorFlow SavedModel: convert it to TFLite'],
    [
      'a checkpoint of TensorFlow',
      ['checkpoint', 'a.index', 'a.data-00000-of-00001'],
      'a TensorFlow checkpoint without',
    ],
    ['weights of Keras', ['metadata.json', 'model.weights.h5'], 'put what model.to_json() gives beside it'],
    ['weights of PyTorch', ['config.json', 'pytorch_model.bin'], 'save them as safetensors'],
    ['one checkpoint among others', ['a.txt', 'net.onnx'], 'a folder with a.txt, net.onnx: pass net.onnx itself'],
    ['two checkpoints', ['a.onnx', 'b.onnx'], 'a folder with a.onnx, b.onnx\n'],
  ])('a folder: %s', async (_, files, words) => {
    const folder = join(temporaryFolder(), 'net')
    mkdirSync(folder)
    for (const file of files) writeFileSync(join(folder, file), 'x')
    const { code, stderr } = await depthwise('inspect', folder)
    expect(code).toBe(1)
    expectLine(stderr, folder)
    expect(stderr).toContain(words)
  })
})

describe('what is no picture is named for what it is', () => {
  test.each<[what: string, content: string | Uint8Array, words: string]>([
    ['a checkpoint', 'xxxxTFL3xxxxxxxxxxxxxxxxxxxxxxxx', 'a TFLite file: pass it as the checkpoint'],
    ['an array', writeNpy(zeros([2, 2, 3])), 'a NumPy array (.npy)\n'],
    ['an archive of arrays', writeNpz(new Map([['a', tensor([1], [1])]])), 'a NumPy archive (.npz)'],
    ['an HTML page', '<html>', 'an HTML page'],
    ['a drawing of vectors', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'an SVG picture'],
    [
      'an ICO',
      Uint8Array.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0]),
      'an ICO picture, which is not supported',
    ],
    ['a HEIC', heic(), 'a HEIC picture'],
  ])('%s', async (_, content, words) => {
    const path = temporaryFile('photo.jpg', content)
    const { code, stdout, stderr } = await depthwise('classify', path, '--checkpoint', 'default')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expectLine(stderr, path)
    expect(stderr).toContain(words)
  })

  test('picture and checkpoint that changed places', async () => {
    const net = temporaryFile('net.tflite', 'xxxxTFL3')
    const { code, stderr } = await depthwise('classify', net, '--checkpoint', image)
    expect(code).toBe(1)
    expectLine(stderr, image)
    expect(stderr).toContain('a PNG picture: pass a checkpoint here')
  })
})

const encoders = {
  jpeg: (source: Sharp) => source.jpeg(),
  png: (source: Sharp) => source.png(),
  webp: (source: Sharp) => source.webp(),
  gif: (source: Sharp) => source.gif(),
  tiff: (source: Sharp) => source.tiff(),
  avif: (source: Sharp) => source.avif({ effort: 0 }),
}

describe.each(Object.entries(encoders))('a damaged %s', (_, encode) => {
  test('is said in one line with one reason, however it is damaged', async () => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31) % 251)
    const whole = await encode(sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })).toBuffer()
    const damaged = [
      ...[0.2, 0.5, 0.9].map(share => whole.subarray(0, whole.length * share)),
      whole.map((byte, i) => (i > 20 && i % 7 === 0 ? byte ^ 0x5a : byte)),
      whole.map((byte, i) => (i > whole.length / 2 && i % 3 === 0 ? 0 : byte)),
    ]
    let refused = 0
    for (const bytes of damaged) {
      const path = temporaryFile('photo', bytes)
      const { code, stderr } = await depthwise('classify', path, '--checkpoint', 'default')
      if (code === 0) continue
      refused += 1
      expectLine(stderr, path)
      expect(stderr).toContain('found a damaged one, a')
      expect(stderr).not.toMatch(/;|\bvips|bad seek|corrupt header/i)
    }
    expect(refused).toBeGreaterThanOrEqual(2)
  })
})

/** An empty HEIC file, as a phone would begin one. */
function heic(): Uint8Array {
  const box = (type: string, ...content: Uint8Array[]): Uint8Array => {
    const size = 8 + content.reduce((sum, { length }) => sum + length, 0)
    const head = Uint8Array.from([0, 0, 0, size, ...Buffer.from(type, 'latin1')])
    return Buffer.concat([head, ...content])
  }
  return Buffer.concat([box('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1')), box('mdat', new Uint8Array(20))])
}

/** A zip archive that holds one empty file. */
function zip(name: string): Uint8Array {
  const bytes = Buffer.from(name)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(bytes.length, 26)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(bytes.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + bytes.length, 12)
  end.writeUInt32LE(30 + bytes.length, 16)
  return Buffer.concat([local, bytes, entry, bytes, end])
}

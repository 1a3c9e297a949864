import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTFLite, writeModel, writeOnnx } from '@depthwise/formats'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { expect, test } from 'vitest'
import { best, classified, type Line, small, v2 } from './classified.ts'

describeShared('what goes wrong', () => {
  test('a bad picture is told of and does not stop the rest', async () => {
    const folder = temporaryFolder()
    const truncated = join(folder, 'truncated.jpg')
    const empty = join(folder, 'empty.png')
    writeFileSync(truncated, readFileSync(photo('parrot.jpg')).subarray(0, 50_000))
    writeFileSync(empty, '')
    const bare = join(folder, 'bare')
    mkdirSync(bare)
    const good = [photo('cat.png'), photo('burger.jpg'), photo('bird.png')] as const
    const images = ['missing.png', good[0], truncated, empty, good[1], bare, good[2], small]
    const { code, stdout, stderr } = await depthwise('classify', ...images, '--checkpoint', small, '--json')
    expect(code).toBe(1)
    expect(jsonLines<Line>(stdout).map(line => line.image)).toEqual(good)
    const lines = stderr.trimEnd().split('\n')
    for (const [at, [start, reason]] of [
      // Arguments are looked at before images are opened.
      [`${bare}: expected a folder with images`, 'none'],
      ['missing.png: expected an image', 'no such file'],
      [`${truncated}: expected an image`, 'a damaged one'],
      [`${empty}: expected an image`, 'an empty file'],
      [`${small}: expected an image`, 'a TFLite file: pass it as the checkpoint'],
    ].entries()) {
      expect(lines[at]).toMatch(/^depthwise: /)
      expect(lines[at]).toContain(start)
      expect(lines[at]).toContain(`found ${reason}`)
    }
    expect(lines).toHaveLength(5)
  })

  test.each<[what: string, make: (folder: string) => string, reason: string]>([
    ['no file', folder => join(folder, 'missing'), 'no such file'],
    ['an empty file', folder => write(join(folder, 'net.tflite'), ''), 'an empty file'],
    ['a picture', () => photo('cat.png'), 'a PNG picture: pass a checkpoint here'],
    ['an empty folder', folder => folder, 'a folder with nothing to read in it'],
    [
      'a folder without a network',
      folder => {
        for (const name of ['d', 'b.tflite', 'a', 'c']) write(join(folder, name), name)
        return folder
      },
      'a folder with a, b.tflite, c, ... (4)',
    ],
    ['a single array', () => `${v2}/Conv.bias.npy`, 'a single array (.npy)'],
    ['half a file', folder => write(join(folder, 'half'), readFileSync(small).subarray(0, 300_000)), ''],
    [
      'weights of no known network',
      folder => write(join(folder, 'w'), safetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4)),
      'the names of torchvision',
    ],
    ['a manifest without its arrays', copyManifest, 'no such file'],
  ])('a checkpoint that is %s', async (_, make, reason) => {
    const path = make(temporaryFolder())
    const { code, stdout, stderr } = await depthwise('classify', photo('cat.png'), '--checkpoint', path)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^depthwise: [^\n]+\n$/)
    expect(stderr).toContain(path)
    expect(stderr).toContain(reason)
  })

  test('two networks that do not fit each other', async () => {
    const args = ['--checkpoint', small, '--checkpoint', checkpoint('mobilenet_quant_v1_224_head_layers.tflite')]
    const { code, stderr } = await depthwise('classify', photo('cat.png'), ...args)
    expect(code).toBe(1)
    expect(stderr).toContain('chain: expected an output that fits the next input, found 1x1001')
  })
})

describeShared('a checkpoint is what its bytes say', () => {
  test('whatever the file is called', async () => {
    const folder = join(temporaryFolder(), 'net.h5')
    mkdirSync(folder)
    const renamed = join(folder, 'photo.jpg')
    copyFileSync(small, renamed)
    expect(await best(['burger.jpg'], '--checkpoint', renamed)).toEqual({ 'burger.jpg': 'cheeseburger' })
  })

  test('a manifest may be named in place of its folder', async () => {
    expect(await best(['burger.jpg'], '--checkpoint', join(v2, 'manifest.json'))).toEqual({
      'burger.jpg': 'cheeseburger',
    })
  })

  test('a network that was saved as one file, or as ONNX, sees what it saw before', async () => {
    const folder = temporaryFolder()
    const model = await readTFLite(new Uint8Array(readFileSync(small)), { arithmetic: 'real' })
    const saved = write(join(folder, 'saved'), writeModel(model))
    const onnx = write(join(folder, 'onnx'), writeOnnx(model))
    const told = ['--crop', 'slim', '--normalize', 'signed']
    const seen = async (path: string, ...args: string[]) =>
      (await classified(photo('burger.jpg'), '--checkpoint', path, ...told, ...args))[0]?.predictions
    const integers = write(join(folder, 'integers'), writeModel(await readTFLite(new Uint8Array(readFileSync(small)))))
    expect(await seen(integers)).toEqual(await seen(small))
    const before = await seen(small, '--arithmetic', 'real')
    expect(await seen(saved)).toEqual(before)
    const after = await seen(onnx)
    expect(after?.map(({ index }) => index)).toEqual(before?.map(({ index }) => index))
    expect(after?.[0]?.probability).toBeCloseTo(before?.[0]?.probability as number, 5)
  })

  test('one that nothing is known of: what is assumed is said', async () => {
    const unknown = join(temporaryFolder(), 'net.tflite')
    const bytes = readFileSync(checkpoint('mobilenet_v1_0.25_224_1_default_1.tflite'))
    writeFileSync(unknown, Uint8Array.from([...bytes, 0]))
    const { code, stderr } = await depthwise('classify', photo('burger.jpg'), '--checkpoint', unknown)
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /assuming the whole image squeezed, bilinear with antialias \(--crop\) and pixels in \[-1, 1\] \(--normalize\): /,
    )
    expect(stderr).toContain("assuming ImageNet's names for the 1001 classes (--labels): ")
    const labels = join(temporaryFolder(), 'labels.txt')
    writeFileSync(labels, Array.from({ length: 1001 }, (_, index) => `class ${index}\n`).join(''))
    const told = ['--crop', 'slim', '--normalize', 'signed', '--labels', labels]
    expect((await depthwise('classify', photo('burger.jpg'), '--checkpoint', unknown, ...told)).stderr).toBe('')
  })
})

function write(path: string, content: string | Uint8Array): string {
  writeFileSync(path, content)
  return path
}

/** A safetensors file of a header and so many zero bytes. */
function safetensors(header: string, size: number): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
  bytes.set(new TextEncoder().encode(header), 8)
  return bytes
}

function copyManifest(folder: string): string {
  copyFileSync(`${v2}/manifest.json`, join(folder, 'manifest.json'))
  return folder
}

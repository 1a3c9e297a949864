import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { depthwise } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { classified, type Line, small, v2 } from './classified.ts'

describeShared('depthwise classify --json', () => {
  test('one object a line, in the order of the pictures, with these fields and no others', async () => {
    const images = [photo('cat.png'), photo('burger.jpg')]
    const lines = await classified(...images, '--checkpoint', small)
    expect(lines.map(line => line.image)).toEqual(images)
    for (const [at, line] of lines.entries()) {
      const { image, predictions, backend, milliseconds, ...others } = line
      // The first image is run again, for a time without the warming up.
      expect(others).toEqual(at === 0 ? { firstMilliseconds: expect.any(Number) } : {})
      expect(image).toBeTypeOf('string')
      expect(backend).toBe('wasm')
      expect(milliseconds).toBeGreaterThan(0)
      expect(predictions).toHaveLength(5)
      for (const prediction of predictions) {
        expect(Object.keys(prediction).toSorted()).toEqual(['index', 'label', 'probability'])
      }
      const probabilities = predictions.map(({ probability }) => probability)
      expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a))
    }
  })

  test('--top gives as many as asked for, and all there are when there are fewer', async () => {
    const [three] = await classified(photo('cat.png'), '--checkpoint', small, '--top', '3')
    const [all] = await classified(photo('cat.png'), '--checkpoint', small, '--top', '100000')
    expect(three?.predictions).toHaveLength(3)
    expect(all?.predictions).toHaveLength(1001)
    // In steps of 1/256, of which those of most classes are 0.
    expect(all?.predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 0)
    const real = ['--checkpoint', small, '--top', '100000', '--arithmetic', 'real']
    const [every] = await classified(photo('cat.png'), ...real)
    expect(every?.predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 3)
  })

  test('every backend sees the same', async () => {
    const seen = await Promise.all(
      ['reference', 'wasm'].map(backend => classified(photo('cat.png'), '--checkpoint', small, '--backend', backend)),
    )
    const [[reference], [wasm]] = seen as [Line[], Line[]]
    expect(reference?.backend).toBe('reference')
    expect(wasm?.backend).toBe('wasm')
    for (const [at, { index, probability }] of (wasm?.predictions ?? []).entries()) {
      expect(reference?.predictions[at]?.index).toBe(index)
      expect(reference?.predictions[at]?.probability).toBeCloseTo(probability, 5)
    }
  })

  test('a logits network gets its softmax, one that has it no second', async () => {
    for (const net of [v2, checkpoint('mobilenet_v2_1.0_224_quant.tflite')]) {
      const [line] = await classified(photo('parrot.jpg'), '--checkpoint', net)
      expect(line?.predictions[0]?.probability).toBeGreaterThan(0.9)
    }
  })

  test('--crop and --normalize go before what is known of the network', async () => {
    const top = async (...options: string[]) =>
      (await classified(photo('parrot.jpg'), '--checkpoint', small, '--top', '1', ...options))[0]?.predictions[0]
        ?.probability
    const usual = await top()
    expect(await top('--crop', 'slim', '--normalize', 'signed')).toBe(usual)
    for (const options of [
      ['--crop', 'torch'],
      ['--crop', 'squeeze'],
      ['--normalize', 'unit'],
      ['--normalize', 'imagenet'],
    ]) {
      expect(await top(...options), options.join()).not.toBe(usual)
    }
  })

  test("a camera's orientation is honoured: the stored pixels may lie on their side", async () => {
    const folder = temporaryFolder()
    const lying = join(folder, 'lying.png')
    // Orientation 6: turn the stored image right by 90 degrees to see it upright.
    const stored = await sharp(photo('cat.png')).rotate(270).png().toBuffer()
    writeFileSync(lying, await sharp(stored).withMetadata({ orientation: 6 }).png().toBuffer())
    const [upright, turned] = await classified(photo('cat.png'), lying, '--checkpoint', small)
    expect(turned?.predictions).toEqual(upright?.predictions)
  })

  test('in words: picture, time, backend, and a line a class', async () => {
    const { code, stdout } = await depthwise('classify', photo('burger.jpg'), '--checkpoint', small, '--top', '2')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^\S+burger\.jpg \([\d.]+ ms, first run [\d.]+ ms, on wasm\)\n {3}9\d\.\d % {2}cheeseburger \(934\)\n[^\n]+\n$/,
    )
  })
})

describeShared('labels', () => {
  test('--labels names the classes', async () => {
    const file = join(temporaryFolder(), 'names.txt')
    writeFileSync(file, `\ufeff${Array.from({ length: 1001 }, (_, index) => `name ${index}`).join('\r\n')}\r\n`)
    const [line] = await classified(photo('burger.jpg'), '--checkpoint', small, '--labels', file, '--top', '1')
    expect(line?.predictions[0]).toMatchObject({ index: 934, label: 'name 934' })
  })

  test('classes without names go by their indices', async () => {
    const net = checkpoint('torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors')
    const [line] = await classified(photo('burger.jpg'), '--checkpoint', net, '--resolution', '96')
    for (const { index, label } of line?.predictions ?? []) expect(label).toBe(`${index}`)
  })

  test.each([
    ['too few', 'one\ntwo\n', 'expected 1001 labels, one a line, found 2'],
    ['no text', Uint8Array.of(0xff, 0xfe, 0x00), 'found bytes that are not UTF-8 text'],
    ['nothing', '', 'found an empty file'],
  ])('%s is refused', async (_, content, reason) => {
    const file = join(temporaryFolder(), 'names.txt')
    writeFileSync(file, content)
    const { code, stdout, stderr } = await depthwise(
      'classify',
      photo('cat.png'),
      '--checkpoint',
      small,
      '--labels',
      file,
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`depthwise: ${file}: `)
    expect(stderr).toContain(reason)
  })
})

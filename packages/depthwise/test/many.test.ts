import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormatError, OptionError } from '@depthwise/core'
import { wasm } from '@depthwise/ops-cpu'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { load, type Net } from '../src/index.ts'

const small = 'mobilenet_v1_0.25_128_quant.tflite'
const photos = ['cat.png', 'bird.png', 'burger.jpg', 'parrot.jpg'].map(photo)

describeShared('many images', () => {
  let net: Net
  beforeAll(async () => {
    net = await load(checkpoint(small))
  })
  afterAll(() => net?.close())

  it.each([1, 2, 3])('answers in order, as one by one, with %i jobs', async jobs => {
    const expected = []
    for (const image of photos) expected.push(await net.classify(image, { top: 3 }))
    const found = []
    for await (const { index, image, predictions, error } of net.classifyMany(photos, { jobs, top: 3 })) {
      expect(image).toBe(photos[index])
      expect(error).toBeNull()
      found.push(predictions)
    }
    expect(found).toEqual(expected)
  })

  it.each([1, 2])('goes on behind an image that fails, with %i jobs', async jobs => {
    const images = [photos[0] as string, '/nowhere/lost.jpg', new Uint8Array(20), photos[1] as string]
    const errors: (Error | null)[] = []
    for await (const { error, predictions } of net.classifyMany(images, { jobs })) {
      errors.push(error)
      expect(predictions.length).toBe(error ? 0 : 5)
    }
    expect(errors.map(error => error?.name)).toEqual([undefined, 'FileError', 'FormatError', undefined])
    expect(errors[1]?.message).toBe('/nowhere/lost.jpg: expected an image, found no such file')
    expect(errors[2]).toBeInstanceOf(FormatError)
  })

  it('takes images from a generator as there is room, and closes it when the loop ends', async () => {
    const seen = { taken: 0, closed: false }
    function* endless(): Generator<string> {
      try {
        for (;;) {
          seen.taken += 1
          yield photos[seen.taken % photos.length] as string
        }
      } finally {
        seen.closed = true
      }
    }
    let done = 0
    for await (const { error } of net.classifyMany(endless(), { jobs: 2, ordered: false })) {
      expect(error).toBeNull()
      done += 1
      expect(seen.taken - done).toBeLessThanOrEqual(4)
      if (done === 12) break
    }
    expect(seen.closed).toBe(true)
  })

  it('stands a folder for the images below it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'depthwise-many-'))
    mkdirSync(join(folder, 'b'))
    const { readFile } = await import('node:fs/promises')
    writeFileSync(join(folder, 'b', 'bird.PNG'), await readFile(photo('bird.png')))
    writeFileSync(join(folder, 'a.jpg'), await readFile(photo('burger.jpg')))
    writeFileSync(join(folder, 'notes.txt'), 'no image')
    const names: string[] = []
    for await (const { image } of net.embedMany(folder, { jobs: 1 })) names.push(image.slice(folder.length + 1))
    expect(names).toEqual(['a.jpg', join('b', 'bird.PNG')])
    rmSync(folder, { recursive: true })
  })

  it('gives the embeddings that embed gives', async () => {
    const expected = await Promise.all(photos.map(image => net.embed(image)))
    const found: Float32Array[] = []
    for await (const { embedding } of net.embedMany(photos, { jobs: 2 })) found.push(embedding)
    expect(found).toEqual(expected)
  })

  it('refuses a wrong number of jobs or predictions before it begins', async () => {
    const first = (options: object) => net.classifyMany(photos, options)[Symbol.asyncIterator]().next()
    await expect(first({ jobs: 0 })).rejects.toBeInstanceOf(OptionError)
    await expect(first({ jobs: 'all' })).rejects.toThrow("option jobs: expected an integer from 1 to 256, or 'auto'")
    await expect(first({ top: 0 })).rejects.toBeInstanceOf(OptionError)
  })

  it('says why it works on one core with a backend that workers cannot have', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const own = { ...wasm(), name: 'mine' }
    const other = await load(checkpoint(small), { backends: own })
    for await (const { error } of other.classifyMany(photos, { jobs: 2 })) expect(error).toBeNull()
    expect(warn.mock.calls).toEqual([
      ['depthwise: working on one core instead of 2: backend "mine" cannot be used in workers'],
    ])
    await other.close()
    warn.mockRestore()
  })
})

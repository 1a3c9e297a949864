import { readFileSync } from 'node:fs'
import { OptionError } from '@depthwise/core'
import { wasm } from '@depthwise/ops-cpu'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { load, type Net } from '../src/index.ts'
import { cachedCheckpoint, jobsFor, measureImages } from '../src/node/index.ts'

const photos = ['cat.png', 'bird.png', 'burger.jpg'].map(photo)

describeShared('measured images', () => {
  let net: Net
  const backends = [wasm()]
  beforeAll(async () => {
    net = await load(checkpoint('mobilenet_v1_0.25_128_quant.tflite'), { backends })
  })
  afterAll(() => net?.close())

  it.each([1, 2])('have the values of one by one, in order, with %i jobs; bad ones become errors', async jobs => {
    const bytes = new Uint8Array(readFileSync(photos[0] as string))
    const images = [
      ...photos.map(image => ({ name: image, image })),
      { name: 'lost', image: '/nowhere/lost.jpg' },
      { name: 'stdin', image: new Uint8Array(9) },
      { name: 'stdin', image: bytes },
    ]
    const results = []
    for await (const each of measureImages(net, images, { output: 'probabilities', backends, jobs })) results.push(each)
    expect(results.map(({ index, image }) => [index, image])).toEqual([...images.entries()])
    expect(results.map(({ error }) => error?.name)).toEqual([
      ...[undefined, undefined, undefined],
      ...['FileError', 'FormatError', undefined],
    ])
    expect(results[4]?.error?.message).toMatch(/^stdin: expected an image/)
    for (const [index, image] of photos.entries()) {
      expect(results[index]?.result?.values).toEqual(await net.probabilities(image))
      expect(results[index]?.result?.milliseconds).toBeGreaterThan(0)
    }
    expect(results[5]?.result?.values).toEqual(results[0]?.result?.values)
    // The first image of each thread is run again for a warm figure.
    const first = results.filter(({ result }) => result?.firstMilliseconds != null)
    expect(first).toHaveLength(jobs)
    expect(results[0]?.result?.firstMilliseconds).toBeGreaterThan(0)
  })

  it('gives embeddings', async () => {
    const images = photos.map(image => ({ name: image, image }))
    const found = []
    for await (const { result } of measureImages(net, images, { output: 'embedding', backends }))
      found.push(result?.values)
    expect(found).toEqual(await Promise.all(photos.map(image => net.embed(image))))
  })

  it('ends with the reason of a signal', async () => {
    const images = photos.map(image => ({ name: image, image }))
    const reason = new Error('enough')
    const options = { output: 'embedding', backends, signal: AbortSignal.abort(reason) } as const
    await expect(measureImages(net, images, options).next()).rejects.toBe(reason)
  })
})

it('starts no more workers than pay off, nor more than there are images', () => {
  expect(jobsFor(1)).toBe(1)
  expect(jobsFor(8)).toBe(1)
  expect(jobsFor(0)).toBe(1)
  expect(jobsFor(3, 2)).toBe(2)
  expect(jobsFor(3, 9)).toBe(3)
  expect(() => jobsFor(3, 0)).toThrow(OptionError)
})

it('looks published checkpoints up in the cache without a download', async () => {
  const found = await cachedCheckpoint('mobilenet_v2_1.0_224', '/nowhere/cache')
  expect(found).toMatchObject({ checkpoint: { name: 'coral-v2-1.0-224-uint8' }, isCached: false })
  expect(found?.path).toMatch(/^\/nowhere\/cache\/coral-v2-1\.0-224-uint8\/\S+\.tflite$/)
  expect(await cachedCheckpoint('net.tflite')).toBeNull()
})

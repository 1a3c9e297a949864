import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { OptionError } from '@depthwise/core'
import { publishedCheckpoints } from '@depthwise/models/published'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { afterAll, describe, expect, it } from 'vitest'
import { load } from '../src/index.ts'
import { FileError, placeOf } from '../src/node/index.ts'
import { publishedBy } from '../src/published.ts'

const cache = mkdtempSync(join(tmpdir(), 'depthwise-published-'))
afterAll(() => rmSync(cache, { recursive: true }))

describe('names', () => {
  it('finds every published network by its own name', async () => {
    for (const { name } of publishedCheckpoints) expect((await publishedBy(name))?.name).toBe(name)
  })

  it.each([
    ['mobilenet_v2_1.0_224', 'coral-v2-1.0-224-uint8'],
    ['mobilenet_v1_1.0_224', 'timm-v1-1.0-224'],
    ['mobilenet_v2_0.35_96', 'keras-v2-0.35-96'],
    ['MobileNetV2_1.0_224', 'coral-v2-1.0-224-uint8'],
    ['mobilenet-v1_0.75_160', 'keras-v1-0.75-160'],
  ])('stands %s for %s', async (plain, name) => {
    expect((await publishedBy(plain))?.name).toBe(name)
  })

  it.each(['cat.jpg', 'net.tflite', 'mobilenet_v2', 'mobilenet_v2_1.0_224_quant.tflite', './mobilenet_v2_1.0_224'])(
    'leaves %s to paths',
    async path => {
      expect(await publishedBy(path)).toBeNull()
    },
  )

  it('names the sizes that there are', async () => {
    await expect(publishedBy('mobilenet_v1_0.3_224')).rejects.toBeInstanceOf(OptionError)
    await expect(publishedBy('mobilenet_v1_0.3_224')).rejects.toThrow(/one of 0\.25_128, .*1\.0_224, found/)
  })
})

it('says offline what to download and where to put it', async () => {
  const offline = async (): Promise<never> => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('not found'), { code: 'ENOTFOUND' }) })
  }
  const loading = load('keras-v2-0.35-96', { cache, fetch: offline })
  await expect(loading).rejects.toBeInstanceOf(FileError)
  await expect(load('keras-v2-0.35-96', { cache, fetch: offline })).rejects.toThrow(
    /^https:\/\/storage\.googleapis\.com\/.*\.h5: .*keras-v2-0\.35-96.*\.h5.*ENOTFOUND/,
  )
})

describeShared('a network that is in the cache', () => {
  it('is loaded without a request, with what is known of it', async () => {
    const network = await publishedBy('coral-v1-0.25-128-uint8')
    const { path } = placeOf(network as NonNullable<typeof network>, cache)
    mkdirSync(dirname(path), { recursive: true })
    copyFileSync(checkpoint('mobilenet_v1_0.25_128_quant.tflite'), path)
    const fetch = async (): Promise<never> => {
      throw new Error('no request was needed')
    }
    const net = await load('mobilenet_v1_0.25_128', { cache, fetch })
    expect((await net.classify(photo('cat.png')))[0].label).toMatch(/cat/)
    expect(net.info.preprocessingFrom.crop).toBe('known file')
    await net.close()
  })
})

import { FormatError } from '@depthwise/core'
import { type LayerSpec, sequential } from '@depthwise/testing/files/keras-configs'
import { tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { describe, expect, test } from 'vitest'
import { readTfjs } from '../src/index.ts'

const centreSquare = { crop: { kind: 'centre', fraction: 1 }, normalization: { mean: 127, std: 127 } }
const flatten: LayerSpec = { className: 'GlobalAveragePooling2D', name: 'pool', config: {}, inputs: [['x']] }
const inputOf = (...shape: readonly number[]): LayerSpec => ({
  className: 'InputLayer',
  name: 'x',
  config: { batch_input_shape: [null, ...shape] },
})

async function metadataOf(json: unknown, layers: readonly LayerSpec[] = [inputOf(8, 8, 3), flatten]) {
  const { files, read } = tfjsFolder({ modelTopology: sequential(layers) }, [[]])
  files.set('metadata.json', Uint8Array.from(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json))))
  const { labels, preprocessing } = (await readTfjs(read, { labels: 'metadata.json' })).metadata
  return { labels, preprocessing }
}

describe("a folder's metadata.json", () => {
  const labels = ['a', 'b']
  const ours = { tfjsVersion: '1.3.1', tmVersion: '2.4.7', labels }

  test('of Teachable Machine settles labels, crop and range', async () => {
    expect(await metadataOf(ours)).toEqual({ labels, preprocessing: centreSquare })
    expect(await metadataOf({ ...ours, packageName: '@teachablemachine/image', imageSize: 224 })).toEqual({
      labels,
      preprocessing: centreSquare,
    })
  })

  test('of its models of grey levels, too', async () => {
    const found = await metadataOf({ ...ours, grayscale: true, imageSize: 96 }, [inputOf(96, 96, 1), flatten])
    expect(found).toEqual({ labels, preprocessing: centreSquare })
  })

  test('leaves the range to a model that rescales bytes itself', async () => {
    const rescaling: LayerSpec = {
      className: 'Rescaling',
      name: 'r',
      config: { scale: 1 / 127.5, offset: -1 },
      inputs: [['x']],
    }
    const pool = { ...flatten, inputs: [['r']] }
    const { preprocessing } = await metadataOf(ours, [inputOf(8, 8, 3), rescaling, pool])
    expect(preprocessing).toEqual({ ...centreSquare, normalization: 'raw' })
  })

  test.each([
    ['of another program', { labels, version: 1 }, { labels, preprocessing: undefined }],
    ['without labels', { tmVersion: '2.4.7' }, { labels: undefined, preprocessing: centreSquare }],
    ['that is about something else', { name: 'x' }, { labels: undefined, preprocessing: undefined }],
  ])('%s settles what it states', async (_, json, expected) => {
    expect(await metadataOf(json)).toEqual(expected)
  })

  test('of a model of poses settles labels alone', async () => {
    const dense: LayerSpec = { className: 'Flatten', name: 'd', config: {}, inputs: [['x']] }
    const pose = { ...ours, packageName: '@teachablemachine/pose' }
    expect(await metadataOf(pose, [inputOf(14739), dense])).toEqual({ labels, preprocessing: undefined })
  })

  test.each([
    ['[1]', /metadata\.json": expected an object/],
    ['{"labels":"a"}', /field labels: expected a list/],
    ['{"labels":[1]}', /field labels: expected a string/],
    ['<html>', /metadata\.json": expected JSON/],
  ])('is refused by name: %s', async (text, message) => {
    await expect(metadataOf(text)).rejects.toThrow(FormatError)
    await expect(metadataOf(text)).rejects.toThrow(message)
  })
})

import { createHash } from 'node:crypto'
import { nodeIndex } from '@depthwise/core/backend'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { readTable } from '@depthwise/testing/tables'
import { describe, expect, it } from 'vitest'
import { publishedCheckpoints } from '../src/checkpoints/published.ts'
import { buildArchitecture } from '../src/index.ts'

describe('published checkpoints', () => {
  it('have names of their own and addresses of their own', () => {
    expect(new Set(publishedCheckpoints.map(({ name }) => name)).size).toBe(publishedCheckpoints.length)
    expect(new Set(publishedCheckpoints.map(({ url }) => url)).size).toBe(publishedCheckpoints.length)
    for (const { name, url, page, sha256 = '0'.repeat(64) } of publishedCheckpoints) {
      expect(name).toMatch(/^[a-z]+-v[12]-\d\.\d+-\d+(-u?int8|-opset\d+)?$/)
      for (const address of [url, page]) expect(new URL(address).protocol).toBe('https:')
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    }
  })

  it('are networks that can be built', () => {
    for (const { architecture } of publishedCheckpoints) {
      const graph = buildArchitecture(architecture)
      const nodes = nodeIndex(graph)
      const shapes = [graph.inputs[0], graph.outputs[0]].map(id => nodes.get(id as number)?.shape)
      const { resolution, classes } = architecture
      expect(shapes).toEqual([
        [1, resolution, resolution, 3],
        [1, classes],
      ])
    }
  })

  it.each([
    ['keras-v1-0.25-128', 'mobilenet/mobilenet_2_5_128_tf.h5'],
    ['keras-v1-1.0-224', 'mobilenet/mobilenet_1_0_224_tf.h5'],
    ['keras-v1-0.5-160', 'mobilenet/mobilenet_5_0_160_tf.h5'],
    ['keras-v2-1.0-224', 'mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5'],
    ['keras-v2-0.35-96', 'mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96.h5'],
  ])('%s lies where Keras looks for it', (name, path) => {
    const found = publishedCheckpoints.find(checkpoint => checkpoint.name === name)
    expect(found?.url).toBe(`https://storage.googleapis.com/tensorflow/keras-applications/${path}`)
  })
})

describeShared('what is said of published checkpoints', () => {
  it('top-1 of Keras is what its README says', () => {
    const published = readTable('keras_applications_published.csv').map(row => {
      const version = row['model'] === 'MobileNet' ? 'v1' : 'v2'
      const name = `keras-${version}-${row['alpha']}-${row['input']}`
      return [name, (100 - Number(row['top1_error_pct'])).toFixed(3)]
    })
    const ours = publishedCheckpoints
      .filter(({ format, top1 }) => format === 'keras' && top1)
      .map(({ name, top1 }) => [name, top1?.percent.toFixed(3)])
    expect(ours).toEqual(published)
  })

  it.each([
    ['timm-v1-1.0-224', 'mobilenetv1_100'],
    ['timm-v2-0.5-224', 'mobilenetv2_050'],
    ['timm-v2-1.0-224', 'mobilenetv2_100'],
    ['timm-v2-1.4-224', 'mobilenetv2_140'],
  ])('top-1 of %s is what its table says', (name, timm) => {
    const row = readTable('torch_timm_published.csv').find(({ model }) => model === timm)
    const ours = publishedCheckpoints.find(checkpoint => checkpoint.name === name)
    expect(`${ours?.top1?.percent}`).toBe(row?.['top1'])
    expect(ours?.url).toContain(`/timm/${timm}.`)
  })

  it('checksums are those of the files, where they are at hand', () => {
    const checked = publishedCheckpoints.filter(({ name, sha256 }) => sha256 && name.startsWith('coral-'))
    expect(checked).toHaveLength(3)
    for (const { url, sha256 } of checked) {
      const bytes = sharedBytes(`checkpoints/${url.split('/').at(-1)}`)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    }
  })
})

import { GraphBuilder, tensor } from '@depthwise/core'
import { createClassifier } from '@depthwise/models'
import { webgpu } from '@depthwise/ops-webgpu'
import { expect, it } from 'vitest'
import { openDevice } from './device.ts'

const device = await openDevice()

it.each(['a logit', 'a sigmoid'])('one output is answered with two classes: %s', async head => {
  const b = new GraphBuilder()
  const logit = b.dense(b.globalAveragePool(b.input([1, 4, 4, 3])), { name: 'fc', units: 1 })
  const graph = b.build([head === 'a logit' ? logit : b.sigmoid(logit)])
  const params = new Map([
    ['fc/weights', tensor([3, 1], [2, -1, -1])],
    ['fc/bias', tensor([1], [0])],
  ])
  const metadata = { preprocessing: { normalization: 'unit' }, labels: ['mask'] } as const
  await using classifier = await createClassifier({ graph, params, metadata }, { backends: [webgpu({ device })] })
  const data = Uint8Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 255 : 0))
  const [best, other] = await classifier.classify({ width: 4, height: 4, channels: 3, data })
  expect([best?.label, other?.label]).toEqual(['mask', 'not mask'])
  expect(best?.probability).toBeCloseTo(1 / (1 + Math.exp(-2)), 4)
  expect(other?.probability).toBeCloseTo(1 / (1 + Math.exp(2)), 4)
})

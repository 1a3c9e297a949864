import { mobileNetV1 } from '@depthwise/models'
import { nameWeights } from '@depthwise/models/weights'
import { ggufFile } from '@depthwise/testing/files/gguf-file'
import { randomParams } from '@depthwise/testing/random-params'
import { expect, it } from 'vitest'
import { filesInMemory } from '../src/checkpoint/in-memory.ts'
import { readCheckpoint } from '../src/checkpoint/read.ts'

it('finds out which network the weights of a GGUF file belong to', async () => {
  const graph = mobileNetV1({ alpha: 0.25, resolution: 32, classes: 3, preset: 'torch' })
  const params = randomParams(graph, 1)
  const file = ggufFile(nameWeights({ graph, params }, 'timm'))
  const { model, sha256 } = await readCheckpoint(await filesInMemory(file), { size: [32, 32] })
  expect(model.metadata.name).toBe("mobilenet_v1, alpha 0.25, by timm's names")
  expect(model.metadata.format).toBe('gguf')
  expect(new Map([...model.params].sort())).toEqual(new Map([...params].sort()))
  expect(sha256).toMatch(/^[\da-f]{64}$/)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession, type Model, type Tensor } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { writeTFLite } from '@depthwise/formats'
import { mobileNetV1, mobileNetV2, type PixelImage } from '@depthwise/models'
import { quantize } from '@depthwise/models/quantize'
import { reference, wasm } from '@depthwise/ops-cpu'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomParams, randomReals } from '../../../packages/testing/src/random-params.ts'
import { litert } from '../src/peers/litert.ts'
import { layAssets } from '../src/run/assets.ts'

// What `quantize` makes and `writeTFLite` writes, in Google's own runtime.

const workspace = mkdtempSync(join(tmpdir(), 'depthwise-bench-test-'))
beforeAll(() => layAssets(workspace))
afterAll(() => rmSync(workspace, { recursive: true, force: true }))

const size = 48

function noise(count: number, seed: number): readonly PixelImage[] {
  const random = randomReals(seed)
  return Array.from({ length: count }, () => {
    const [a, b] = [random(), random()]
    const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => 128 + 90 * Math.sin(a * i + b) + 30 * random())
    return { width: size, height: size, channels: 3, data }
  })
}

async function inLiteRT(file: Uint8Array, images: readonly PixelImage[]): Promise<readonly ArrayLike<number>[]> {
  const material = { file, inputShape: [1, size, size, 3] }
  const options = {
    where: 'node',
    threads: 1,
    lap: () => {},
    folder: (name: string) => join(workspace, 'assets', name),
  }
  const running = await litert.load(material as never, options as never)
  const answers: ArrayLike<number>[] = []
  for (const { data } of images) answers.push(await running.run(Uint8Array.from(data) as never))
  await running.dispose()
  // It is loaded once a process otherwise.
  ;(await import('@litertjs/core')).unloadLiteRt()
  return answers
}

test.each([
  ['V1', () => mobileNetV1({ alpha: 0.25, resolution: size, classes: 10 })],
  ['V2, as torchvision pads it', () => mobileNetV2({ alpha: 0.35, resolution: size, classes: 10, preset: 'torch' })],
  ['V2', () => mobileNetV2({ alpha: 0.35, resolution: size, classes: 10 })],
])('%s of ours gives the same bytes there', async (_, build) => {
  const graph = build()
  const real: Model = { graph, params: randomParams(graph), metadata: { preprocessing: { normalization: 'signed' } } }
  expect(paramSpecs(graph).length).toBeGreaterThan(20)
  const { model } = await quantize(real, noise(6, 1), { backends: [wasm({ threads: 1 }), reference()], trials: 1 })
  const images = noise(4, 2)
  const theirs = await inLiteRT(writeTFLite(model), images)
  const [input] = model.graph.nodes
  await using session = await createSession(model.graph, model.params, { backends: [reference()] })
  for (const [i, { data }] of images.entries()) {
    const [ours] = Object.values(await session.run({ [input?.name as string]: data as Uint8Array })) as [Tensor]
    expect([...(theirs[i] as Uint8Array)]).toEqual([...ours.data])
    expect(new Set(ours.data).size).toBeGreaterThan(2)
  }
})

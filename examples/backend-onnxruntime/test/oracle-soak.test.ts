import { existsSync, readFileSync } from 'node:fs'
import { type Inputs, type Model, nodeIndex } from '@depthwise/core'
import { readManifest, readNpy, readTFLite } from '@depthwise/formats'
import { reference, wasm } from '@depthwise/ops-cpu'
import { compareBackends, explain } from '@depthwise/parity'
import { describe, expect, it } from 'vitest'
import { onnxruntime } from '../src/index.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined
const folder = new URL('../../../../shared/', import.meta.url)
const present = existsSync(folder) || process.env['CI'] !== undefined
const read = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, folder)))
const inputName = ({ graph }: Model): string => nodeIndex(graph).get(graph.inputs[0] as number)?.name as string
const some = <T>(all: readonly T[]): readonly T[] => (soak ? all : all.slice(0, 1))

/** Every layer that is exposed, within 1e-4 of its largest value: onnxruntime is an oracle that nobody here wrote. */
async function expectParity(model: Model, inputs: Inputs, wanted: string): Promise<void> {
  const { graph, params } = model
  const oracle = onnxruntime({ optimization: 'disabled' })
  for (const [candidate, expose] of [
    [wasm(), 'fused'],
    [wasm(), 'all'],
    ...(soak
      ? ([
          [reference(), 'all'],
          [wasm({ simd: 'plain' }), 'fused'],
          [onnxruntime(), 'all'],
        ] as const)
      : []),
  ] as const) {
    const report = await compareBackends(graph, params, inputs, {
      reference: oracle,
      candidate,
      expose,
      tolerance: 1e-4,
    })
    expect(report.first, `${wanted}, ${expose}: ${explain(report)}`).toBe(null)
    expect(report.top.every(({ first, images }) => first === images)).toBe(true)
    if (expose === 'all') expect(report.unseen).toEqual([])
  }
}

describe.skipIf(!present)(`real networks layer by layer${present ? '' : ' (skipped: no data in ../shared)'}`, () => {
  it('V2 1.0 in float32', async () => {
    const model = await readManifest(async file => read(`checkpoints/mobilenet_v2_1.0_224_float/${file}`))
    for (const photo of some(['cat', 'bird', 'burger-224', 'dragonfly', 'grace_hopper', 'parrot_jpg'])) {
      const pixels = readNpy(read(`golden/${photo}.slim_central_224.npy`)).data
      await expectParity(model, { [inputName(model)]: Float32Array.from(pixels, value => value / 127.5 - 1) }, photo)
    }
  })

  it('V1 0.25 in float32', async () => {
    const model = readTFLite(read('checkpoints/mobilenet_v1_0.25_224_1_default_1.tflite'))
    for (const photo of some(['burger', 'cat', 'bird', 'dragonfly', 'grace_hopper', 'parrot'])) {
      const { data } = readNpy(read(`golden/litert/${photo}.224.f11.input.npy`))
      await expectParity(model, { [inputName(model)]: Float32Array.from(data) }, photo)
    }
  })
})

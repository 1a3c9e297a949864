import type { Model } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { randomInputs } from '@depthwise/testing/agreement'
import { onnxFile } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { readOnnx, readTFLite, writeOnnx } from '../src/index.ts'
import { type Kind, patterns, quantizedFile, runs } from './onnx-quantised-patterns.ts'
import { runOnnx } from './onnx-runtime.ts'
import { checkpoint, describeShared } from './tflite-shared.ts'

// Quantised networks as others read them: operators on reals between DequantizeLinear and QuantizeLinear.

const again = (model: Model): Promise<Model> => readOnnx(writeOnnx(model), { arithmetic: 'integer' })

describe.each<Kind>([
  ['uint8', 'UINT8', 128, 120],
  ['int8', 'INT8', 0, -5],
])('a written op of %s is read again, and runs within a step of what it was', (...kind) => {
  test.each(patterns.filter(([title]) => runs(kind[1], title)))('%s', async (_title, nodes) => {
    const model = await readOnnx(onnxFile(quantizedFile(kind, nodes)), { arithmetic: 'integer' })
    const { graph, params } = await again(model)
    expect(graph).toEqual(model.graph)
    expect(params).toEqual(model.params)
    const inputs = randomInputs(model, 5)
    await using executable = await reference().compile(model.graph, model.params)
    const [ours] = Object.values(await executable.run(inputs))
    for (const optimisation of ['disabled', 'all'] as const) {
      const [theirs] = Object.values(await runOnnx(writeOnnx(model), inputs, optimisation))
      expect(theirs?.shape).toEqual(ours?.shape)
      const steps = Array.from(ours?.data ?? [], (value, i) => Math.abs(value - (theirs?.data[i] as number)))
      expect(Math.max(...steps), optimisation).toBeLessThanOrEqual(1)
    }
  })
})

describeShared('checkpoints of TFLite, written as ONNX', () => {
  test.each(['v1Quarter128', 'vwwInt8', 'v2PerChannel'] as const)('%s is the same network again', async file => {
    const model = await readTFLite(checkpoint(file), { arithmetic: 'integer' })
    const { graph, params, metadata } = await again(model)
    expect(graph).toEqual(model.graph)
    expect(params).toEqual(model.params)
    expect(metadata.inputQuantization).toEqual(model.metadata.inputQuantization)
  })
})

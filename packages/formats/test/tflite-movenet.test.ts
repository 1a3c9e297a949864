import { createSession, type Outputs, type Tensor } from '@depthwise/core'
import { wasm } from '@depthwise/ops-cpu'
import { readGolden } from '@depthwise/testing/recordings'
import { sharedBytes } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { describeShared } from './tflite-shared.ts'

// A quantized network that subtracts, multiplies and divides by constants: a number, one for each channel, one for each pixel.

const net = 'movenet_lightning_int8'
const nodes = {
  center_heatmap: 'Sigmoid_1',
  keypoint_heatmap: 'Sigmoid',
  offsets: 'kpt_offset_0/conv2d_7/BiasAdd',
  regression: 'kpt_regress_0/conv2d_6/BiasAdd',
  keypoints: 'StatefulPartitionedCall:0',
}

describeShared('MoveNet, whose constants are bytes', () => {
  test.each(['grace_hopper', 'portrait', 'pose'])('%s: what LiteRT computed, to the bit', async photo => {
    const golden = (what: string): Tensor => readGolden(`heads/golden/${net}.${photo}.${what}.npy`)
    const { graph, params, tail, metadata } = await readTFLite(sharedBytes(`heads/${net}.tflite`))
    expect(metadata.realNodes ?? {}).toEqual({})
    const exposed = { expose: 'all', ...(tail && { tail }) } as const
    await using session = await createSession(graph, params, { backends: [wasm()], ...exposed })
    const image = Float32Array.from(golden('input').data)
    const outputs: Outputs = await session.run({ 'serving_default_input:0': image })
    for (const [what, name] of Object.entries(nodes))
      expect(outputs[name]?.data, what).toEqual(golden(`output.${what}`).data)
  })
})

import { DepthwiseError, GraphBuilder, type Model, type Tail, tensor } from '@depthwise/core'
import { tailToJSON } from '@depthwise/core/tail'
import { sharedBytes } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import { readModel, readSafetensors, readTFLite, writeModel, writeSafetensors } from '../src/index.ts'
import { describeShared } from './tflite-shared.ts'

const b = new GraphBuilder()
const graph = b.build([b.softmax(b.input([1, 3], { name: 'x' }), { name: 'y' })])
const tail: Tail = {
  inputs: [{ name: 'y', dtype: 'float32', shape: [1, 3] }],
  constants: [tensor([3], [0.1, -0, Number.POSITIVE_INFINITY])],
  steps: [
    {
      op: { kind: 'binary', operator: 'min' },
      operands: [0, 1],
      results: [{ name: 'least', dtype: 'float32', shape: [1, 3] }],
    },
  ],
  outputs: [{ name: 'least', value: 2 }],
}
const model: Model = { graph, params: new Map(), metadata: {}, tail }

test('a saved model keeps what follows its network, constants to the bit though halves are asked for', async () => {
  expect((await readModel(writeModel(model))).tail).toEqual(tail)
  expect((await readModel(writeModel(model, { dtype: 'float16' }))).tail).toEqual(tail)
  expect(writeModel(await readModel(writeModel(model)))).toEqual(writeModel(model))
  const { tail: _, ...bare } = model
  expect(await readModel(writeModel(bare))).not.toHaveProperty('tail')
})

const json = tailToJSON(tail)
test.each([
  ['text that is no JSON', '{'],
  ['another format', JSON.stringify({ ...json, format: 'x' })],
  ['an input that the graph does not give', JSON.stringify({ ...json, inputs: [{ ...tail.inputs[0], name: 'z' }] })],
  ['an input of another size', JSON.stringify({ ...json, inputs: [{ ...tail.inputs[0], shape: [1, 4] }] })],
  ['a step that is none', JSON.stringify({ ...json, steps: [{ ...tail.steps[0], op: { kind: 'loop' } }] })],
])('%s in its place is refused', async (_what, text) => {
  const { tensors, metadata } = await readSafetensors(writeModel(model))
  const read = () => readModel(writeSafetensors(tensors, { metadata: { ...metadata, 'depthwise.tail': text } }))
  await expect(read).rejects.toThrow(DepthwiseError)
  await expect(read).rejects.toThrow(/^depthwise\.tail/)
})

describeShared('models with a tail', () => {
  test.each(['ssd_mobilenet_v1_coco_uint8', 'movenet_lightning_int8', 'posenet_mobilenet_v1_075_353x481_uint8'])(
    '%s is read again as it was',
    async name => {
      const read = await readTFLite(sharedBytes(`heads/${name}.tflite`))
      const again = await readModel(writeModel(read))
      expect(again.graph).toEqual(read.graph)
      expect(again.tail).toEqual(read.tail)
    },
  )
})

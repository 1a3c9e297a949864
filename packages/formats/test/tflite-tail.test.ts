import { existsSync, readdirSync } from 'node:fs'
import { createSession, type Model, type Tail, type Tensor } from '@depthwise/core'
import { prepareTail } from '@depthwise/core/tail'
import { reference, wasm } from '@depthwise/ops-cpu'
import { describeShared, shared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, it, test } from 'vitest'
import { readNpy, readTFLite } from '../src/index.ts'
import { readFlexMap } from '../src/tflite/flexbuffer.ts'

const recorded = (path: string): Tensor => readNpy(sharedBytes(`heads/${path}`))
const net = (name: string, options = {}): Promise<Model> => readTFLite(sharedBytes(`heads/${name}.tflite`), options)

/** Every value of a network with a tail, and the tail's outputs in their order. */
async function run({ graph, params, tail }: Model, input: Tensor, backend = wasm()) {
  if (!tail) throw new Error('nothing follows the network')
  await using session = await createSession(graph, params, { backends: [backend], tail, expose: 'all' })
  const name = graph.nodes.find(node => graph.inputs.includes(node.id))?.name as string
  const values = await session.run({ [name]: input.data })
  return { values, outputs: tail.outputs.map(output => values[output.name] as Tensor) }
}

/** What is not found is 0; recordings have there whatever lay in memory. */
const found = ({ data }: Tensor): Tensor['data'] => data.map(value => (Math.abs(value) < 1e-30 ? 0 : value))

describeShared('what follows a network in a file', () => {
  const files = existsSync(`${shared}heads/ops`)
    ? readdirSync(`${shared}heads/ops`).filter(name => /^detection_postprocess.*\.tflite$/.test(name))
    : []

  it('are eleven recorded post-processes, and these', () => expect(files).toHaveLength(11))

  it.each(files)('%s gives what the runtime gives, to the bit', async file => {
    const name = file.replace('.tflite', '')
    const model = await net(`ops/${name}`)
    for (const backend of [reference(), wasm()]) {
      const { outputs } = await run(model, recorded(`ops/${name}.input.npy`), backend)
      const wanted = ['boxes', 'classes', 'scores', 'count'].map(each =>
        found(recorded(`ops/${name}.output.${each}.npy`)),
      )
      expect(outputs.map(({ data }) => data)).toEqual(wanted)
    }
  })

  it.each(['cat', 'cats_and_dogs', 'grace_hopper'])('an SSD finds on %s what was recorded, to the bit', async photo => {
    const model = await net('ssd_mobilenet_v1_coco_uint8')
    const golden = (name: string): Tensor => recorded(`golden/ssd_mobilenet_v1_coco_uint8.${photo}.${name}.npy`)
    const { outputs, values } = await run(model, golden('input'))
    for (const [place, name] of ['boxes', 'classes', 'scores', 'count'].entries()) {
      const { data, shape } = golden(`output.${name}`)
      expect(outputs[place]).toEqual({ dtype: 'float32', shape, data })
    }
    expect(values['Squeeze']?.data).toEqual(golden('output.box_encodings').data)
    expect(values['convert_scores']?.data).toEqual(golden('output.class_scores').data)
  })

  it('an SSD that is read as reals finds the same objects', async () => {
    const model = await net('ssd_mobilenet_v1_coco_uint8', { arithmetic: 'real' })
    const golden = (name: string): Tensor => recorded(`golden/ssd_mobilenet_v1_coco_uint8.cat.${name}.npy`)
    const pixels = golden('input')
    const reals = Float32Array.from(pixels.data, byte => (byte - 128) / 128)
    const { outputs } = await run(model, { dtype: 'float32', shape: pixels.shape, data: reals })
    const [, classes, scores] = outputs
    expect(classes?.data[0]).toBe(golden('output.classes').data[0])
    expect(scores?.data[0]).toBeCloseTo(golden('output.scores').data[0] as number, 1)
  })

  it('PoseNet finds the pose that was recorded, within a thousandth of a pixel', async () => {
    const model = await net('posenet_mobilenet_v1_075_353x481_uint8')
    const name = 'golden/posenet_mobilenet_v1_075_353x481_uint8.pose'
    const { outputs } = await run(model, recorded(`${name}.input.npy`))
    const [poses, keypointScores, scores, count] = outputs
    const text = new TextDecoder().decode(sharedBytes(`heads/${name}.poses.json`))
    const wanted = JSON.parse(text) as { score: number; keypoints_yx: [number, number][]; keypoint_scores: number[] }[]
    expect(count?.data[0]).toBe(wanted.length)
    for (const [person, pose] of wanted.entries()) {
      expect(scores?.data[person]).toBeCloseTo(pose.score, 5)
      for (const [k, place] of pose.keypoints_yx.entries()) {
        const at = 2 * (17 * person + k)
        expect(poses?.data[at]).toBeCloseTo(place[0], 3)
        expect(poses?.data[at + 1]).toBeCloseTo(place[1], 3)
        expect(keypointScores?.data[17 * person + k]).toBeCloseTo(pose.keypoint_scores[k] as number, 5)
      }
    }
  })

  it.each(['bird_segmentation', 'cat'])('DeepLab of bytes gives the classes of %s that were recorded', async photo => {
    const model = await net('deeplab_v3_mnv2_dm05_513_uint8')
    const golden = (name: string): Tensor => recorded(`golden/deeplab_v3_mnv2_dm05_513_uint8.${photo}.${name}.npy`)
    const { outputs } = await run(model, golden('input'))
    expect(outputs[0]?.shape).toEqual([1, 513, 513])
    expect(Uint8Array.from(outputs[0]?.data ?? [])).toEqual(golden('output.classes').data)
  })

  it.each(['pose', 'portrait', 'grace_hopper'])('MoveNet on %s: its tail, of the recorded heads', async photo => {
    const { graph, tail } = await net('movenet_lightning_int8')
    const golden = (name: string): Tensor => recorded(`golden/movenet_lightning_int8.${photo}.output.${name}.npy`)
    const heads = {
      Sigmoid_1: golden('center_heatmap'),
      Sigmoid: golden('keypoint_heatmap'),
      'kpt_regress_0/conv2d_6/BiasAdd': golden('regression'),
      'kpt_offset_0/conv2d_7/BiasAdd': golden('offsets'),
    }
    // The network's own outputs are what the graph gives, and all that its tail reads.
    const names = graph.outputs.map(id => graph.nodes.find(node => node.id === id)?.name)
    expect(names.toSorted()).toEqual(Object.keys(heads).toSorted())
    expect(tail?.inputs.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    const outputs = prepareTail(tail as Tail, graph)(heads)
    expect(outputs).toEqual({ 'StatefulPartitionedCall:0': golden('keypoints') })
  })

  it('answers a batch item by item', async () => {
    const { graph, params, tail } = await net('ops/detection_postprocess_fast_u8')
    const { data } = recorded('ops/detection_postprocess_fast_u8.input.npy')
    const several = { backends: [reference()], batch: 2, ...(tail && { tail }) }
    await using session = await createSession(graph, params, several)
    const input = new Uint8Array([...data, ...data.toReversed()])
    const { y0, y3 } = await session.run({ x: input })
    const alone = recorded('ops/detection_postprocess_fast_u8.output.boxes.npy')
    expect(y0?.shape).toEqual([2, ...alone.shape.slice(1)])
    expect(y0?.data.subarray(0, alone.data.length)).toEqual(alone.data)
    expect(y3?.shape).toEqual([2])
  })

  it('leaves files alone that the graph can express', async () => {
    for (const name of ['blazeface_short_range_float16', 'ops/logistic_u8'])
      expect((await net(name)).tail).toBeUndefined()
  })
})

describe('options of custom operators', () => {
  test.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('no options at all')],
    ['a count beyond the bytes', Uint8Array.of(0, 0, 200, 1, 36, 1)],
    ['zeros', new Uint8Array(64)],
    ['a vector', Uint8Array.of(1, 2, 3, 3, 40, 1)],
  ])('are refused for %s', (_what, wrong) => {
    expect(() => readFlexMap(wrong, 'options')).toThrow('options: expected ')
  })
})

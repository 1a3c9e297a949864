import { GraphBuilder, type Network, ShapeError, type Tensor, WeightsError } from '@depthwise/core'
import { rebatch } from '@depthwise/core/backend'
import { evaluated, expectAgreement, randomInputs } from '@depthwise/testing/agreement'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, test } from 'vitest'
import { writeOnnx } from '../src/index.ts'
import { openOnnx, runOnnx } from './onnx-runtime.ts'

/** A stem, a block with a shortcut, a head: every layout there is between them. */
function littleNet(): Network {
  const b = new GraphBuilder()
  const x = b.input([1, 6, 5, 3], { name: 'image' })
  const stem = b.relu6(b.conv2d(x, { name: 'stem', filters: 4, kernel: 3, strides: 2 }), { name: 'stem_relu' })
  const block = b.add(stem, b.depthwiseConv2d(stem, { name: 'dw', kernel: 3 }), { name: 'sum' })
  const flat = b.flatten(block, { name: 'flat' })
  const graph = b.build([b.softmax(b.dense(flat, { name: 'logits', units: 5 }), { name: 'probabilities' })])
  return { graph, params: randomParams(graph) }
}

const net = littleNet()
const inputs = randomInputs(net, 1)
const ids = new Map(net.graph.nodes.map(node => [node.name, node.id]))
const id = (name: string): number => ids.get(name) as number

/** NHWC to NCHW. */
function planar({ shape, data }: Tensor): Tensor<'float32'> {
  const [n, h, w, c] = shape as readonly [number, number, number, number]
  const moved = new Float32Array(data.length)
  for (let i = 0; i < data.length; i += 1) {
    const [channel, pixel, image] = [i % c, Math.floor(i / c) % (h * w), Math.floor(i / c / h / w)]
    moved[(image * c + channel) * h * w + pixel] = data[i]!
  }
  return { dtype: 'float32', shape: [n, c, h, w], data: moved }
}

const image = inputs['image'] as Tensor<'float32'>

describe('what is exposed', () => {
  test('by default the outputs of the graph, by their names', async () => {
    await using session = await openOnnx(writeOnnx(net))
    expect(session.inputNames).toEqual(['image'])
    expect(session.outputNames).toEqual(['probabilities'])
    expectAgreement(await session.run(inputs), await evaluated(net, inputs), 1e-6)
  })

  test('every value, under the name of its node and NHWC', async () => {
    const { graph } = net
    const computed = graph.nodes.filter(node => node.op.kind !== 'input')
    const exposed = { ...net, graph: { ...graph, outputs: computed.map(node => node.id) } }
    const outputs = await runOnnx(writeOnnx(net, { expose: 'all' }), inputs)
    const expected = await evaluated(exposed, inputs)
    expect(Object.keys(outputs).toSorted()).toEqual(computed.map(node => node.name).toSorted())
    expectAgreement(
      outputs,
      Object.fromEntries(Object.keys(outputs).map(name => [name, expected[name] as never])),
      1e-6,
    )
  })

  test('some of them', async () => {
    const outputs = await runOnnx(writeOnnx(net, { expose: [id('sum'), id('flat')] }), inputs)
    expect(Object.keys(outputs)).toEqual(['probabilities', 'sum', 'flat'])
    expect(outputs['sum']?.shape).toEqual([1, 3, 3, 4])
    expect(outputs['flat']?.data).toEqual(outputs['sum']?.data)
  })

  test('an input that is an output of the graph', async () => {
    const graph = { ...net.graph, outputs: [id('image'), id('probabilities')] }
    const outputs = await runOnnx(writeOnnx({ ...net, graph }), inputs)
    expect(outputs['image']?.data).toEqual(image.data)
  })
})

describe('layouts', () => {
  test('an NCHW input', async () => {
    const outputs = await runOnnx(writeOnnx(net, { inputLayout: 'nchw' }), { image: planar(image) })
    expectAgreement(outputs, await evaluated(net, inputs), 1e-6)
  })

  test('NCHW outputs; values of another rank stay as they are', async () => {
    const file = writeOnnx(net, { expose: [id('sum')], outputLayout: 'nchw' })
    const outputs = await runOnnx(file, inputs)
    const ours = await evaluated({ ...net, graph: { ...net.graph, outputs: [id('probabilities'), id('sum')] } }, inputs)
    expectAgreement(outputs, { ...ours, sum: planar(ours['sum'] as Tensor) }, 1e-6)
  })
})

describe('the batch', () => {
  const three = { ...net, graph: rebatch(net.graph, 3) }
  const images = randomInputs(three, 2)

  test('of another size', async () => {
    expectAgreement(await runOnnx(writeOnnx(net, { batch: 3 }), images), await evaluated(three, images), 1e-6)
  })

  test('left open', async () => {
    await using session = await openOnnx(writeOnnx(net, { batch: 'N' }))
    expectAgreement(await session.run(images), await evaluated(three, images), 1e-6)
    expectAgreement(await session.run(inputs), await evaluated(net, inputs), 1e-6)
  })
})

test('the same network makes the same bytes', () => {
  expect(writeOnnx(littleNet())).toEqual(writeOnnx(net))
})

test('names that its own constants and helpers would take', async () => {
  const b = new GraphBuilder()
  const x = b.input([1, 3, 3, 2], { name: 'stem/weights' })
  const y = b.conv2d(x, { name: 'stem', filters: 2, kernel: 1, weights: 'stem/weights', bias: 'stem/nchw' })
  const graph = b.build([b.clamp(b.relu6(y, { name: 'real_6' }), { min: -1, max: 1 }, { name: 'integers_0' })])
  const network = { graph, params: randomParams(graph) }
  const values = randomInputs(network, 3)
  expectAgreement(await runOnnx(writeOnnx(network), values), await evaluated(network, values), 1e-6)
})

test('networks that are none', () => {
  expect(() => writeOnnx({ ...net, params: new Map() })).toThrow(WeightsError)
  const nodes = net.graph.nodes.map(node => ({ ...node, shape: [1, 2] }))
  expect(() => writeOnnx({ ...net, graph: { ...net.graph, nodes } })).toThrow(ShapeError)
})

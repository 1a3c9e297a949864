import { floats, type NodeSpec, narrow, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { dataTypes } from '../src/onnx/schema.ts'
import { expectAsRuntime, kinds } from './onnx-agreement.ts'
import { image, onImage } from './onnx-image.ts'

describe('quantised networks, as reals', () => {
  const quantization = {
    xs: floats([2 / 255], []),
    xz: narrow('UINT8', [128], []),
    ys: floats([0.02], []),
    yz: narrow('UINT8', [0], []),
    w: narrow(
      'INT8',
      Array.from({ length: 4 * 3 }, (_, i) => ((i * 37) % 255) - 127),
      [4, 3, 1, 1],
    ),
    ws: floats([0.01, 0.02, 0.005, 0.01]),
    wz: narrow('INT8', [0, 0, 0, 0]),
    b: narrow('INT32', [100, -200, 300, 50]),
    bs: floats([0.01, 0.02, 0.005, 0.01].map(scale => (scale * 2) / 255)),
    bz: narrow('INT32', [0, 0, 0, 0]),
  }
  const product: readonly NodeSpec[] = [
    ['DequantizeLinear', ['w', 'ws', 'wz'], 'wf', { axis: 0 }],
    ['DequantizeLinear', ['b', 'bs', 'bz'], 'bf', { axis: 0 }],
    ['Conv', ['xf', 'wf', 'bf'], 'c'],
    ['QuantizeLinear', ['c', 'ys', 'yz'], 'cq'],
    ['DequantizeLinear', ['cq', 'ys', 'yz'], 'y'],
  ]

  test('between QuantizeLinear and DequantizeLinear: within a step or two', async () => {
    const entry: readonly NodeSpec[] = [
      ['QuantizeLinear', ['x', 'xs', 'xz'], 'xq'],
      ['DequantizeLinear', ['xq', 'xs', 'xz'], 'xf'],
    ]
    const spec = onImage([...entry, ...product], { constants: quantization })
    const model = await expectAsRuntime(spec, 0.02)
    // What 8 bits hold of the input is nearly [-1, 1]; of the result it is [0, 5.1].
    expect(kinds(model)).toEqual(['input', 'clamp', 'conv2d', 'clamp'])
    expect(model.params.get('c/weights')?.data[0]).toBeCloseTo(-1.27, 6)
    expect(model.params.get('c/bias')?.data[1]).toBeCloseTo((-200 * 0.02 * 2) / 255, 6)
  })

  test('a bias of one scale in a list and a zero point that is not, as onnxruntime writes them', async () => {
    const one = { ...quantization, bs: floats([0.0001]), bz: narrow('INT32', [0], []) }
    const nodes: readonly NodeSpec[] = [
      ['DequantizeLinear', ['b', 'bs', 'bz'], 'bf'],
      ['DequantizeLinear', ['w', 'ws', 'wz'], 'wf', { axis: 0 }],
      ['Conv', ['x', 'wf', 'bf'], 'y'],
    ]
    const model = await expectAsRuntime(onImage(nodes, { constants: one }))
    expect(kinds(model)).toEqual(['input', 'conv2d'])
  })

  test('raw bytes in', async () => {
    const entry: NodeSpec = ['DequantizeLinear', ['x', 'xs', 'xz'], 'xf']
    const model = await expectAsRuntime(
      onImage([entry, ...product], { inputs: { 'x:UINT8': image.x }, constants: quantization }),
      0.02,
    )
    expect(model.graph.nodes[0]).toMatchObject({ dtype: 'uint8', shape: [1, 8, 6, 3] })
    expect(kinds(model)).toEqual(['input', 'affine', 'conv2d', 'clamp'])
  })

  test('bytes cast and scaled', async () => {
    const nodes: NodeSpec[] = [
      ['Cast', ['x'], 'f', { to: dataTypes.FLOAT }],
      ['Div', ['f', 'd'], 's'],
      ['Conv', ['s', 'w'], 'y'],
    ]
    const constants = { d: floats([255], []), w: reals([4, 3, 1, 1], 1) }
    const model = await expectAsRuntime(onImage(nodes, { inputs: { 'x:UINT8': image.x }, constants }))
    expect(kinds(model)).toEqual(['input', 'affine', 'affine', 'conv2d'])
  })

  test('constants that are quantised and dequantised', async () => {
    const nodes: NodeSpec[] = [
      ['QuantizeLinear', ['k', 'ks', 'kz'], 'q', { axis: 0 }],
      ['DequantizeLinear', ['q', 'ks', 'kz'], 'r', { axis: 0 }],
      ['Conv', ['x', 'r'], 'y'],
    ]
    const constants = {
      k: reals([4, 3, 1, 1], 1),
      ks: floats([0.1, 0.05, 0.01, 0.005]),
      kz: narrow('INT8', [0, 3, -3, 0]),
    }
    await expectAsRuntime(onImage(nodes, { constants }))
  })
})

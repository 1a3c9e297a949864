import { describe, expect, it } from 'vitest'
import { clampTo, describeOp, optimize, relu } from '../src/backend.ts'
import { GraphBuilder, type Op, printGraph, toMermaid } from '../src/index.ts'
import { neutralParams } from './neutral-params.ts'

const block = (() => {
  const b = new GraphBuilder()
  const image = b.input([1, 8, 8, 3], { name: 'image', dtype: 'uint8' })
  const x = b.affine(image, { name: 'reals', scale: [1, 1, 1], offset: [0, 0, 0] })
  const wide = b.relu6(
    b.batchNorm(b.conv2d(x, { name: 'expand', filters: 6, kernel: 1, bias: false }), { name: 'bn' }),
    {
      name: 'relu',
    },
  )
  const filtered = b.depthwiseConv2d(wide, { name: 'filter', kernel: 3, strides: 2 })
  return b.build([b.globalAveragePool(filtered, { name: 'features' }), wide])
})()

describe('printGraph', () => {
  it('gives a line a node, in columns, outputs marked', () => {
    expect(printGraph(block)).toMatchInlineSnapshot(`
      "   %0  image     1x8x8x3 uint8  input
         %1  reals     1x8x8x3        affine 3 channels (%0)
         %2  expand    1x8x8x6        conv2d 1x1, stride 1x1, pad 0,0,0,0 (%1)
         %3  bn        1x8x8x6        batchNorm epsilon 0.001 (%2)
      -> %4  relu      1x8x8x6        relu6 (%3)
         %5  filter    1x4x4x6        depthwiseConv2d 3x3, stride 2x2, pad 0,1,0,1, bias (%4)
      -> %6  features  1x6            globalAveragePool (%5)"
    `)
  })

  it('prints what passes have fused', () => {
    const { graph } = optimize({ graph: block, params: neutralParams(block) })
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "   %0  image     1x8x8x3 uint8  input
         %1  reals     1x8x8x3        affine 3 channels (%0)
      -> %4  relu      1x8x8x6        conv2d 1x1, stride 1x1, pad 0,0,0,0, bias, relu6 (%1)
         %5  filter    1x4x4x6        depthwiseConv2d 3x3, stride 2x2, pad 0,1,0,1, bias (%4)
      -> %6  features  1x6            globalAveragePool (%5)"
    `)
  })

  it('gives one line even to a name that would take two', () => {
    const b = new GraphBuilder()
    const lines = printGraph(b.build([b.relu(b.input([1], { name: 'two\nlines\u2028three' }))])).split(/\n|\u2028/)
    expect(lines).toHaveLength(2)
  })
})

describe('toMermaid', () => {
  it('gives a box a node and an arrow an operand', () => {
    expect(toMermaid(block)).toMatchInlineSnapshot(`
      "flowchart TD
        n0["image<br/>input<br/>1x8x8x3 uint8"]
        n1["reals<br/>affine 3 channels<br/>1x8x8x3"]
        n2["expand<br/>conv2d 1x1, stride 1x1, pad 0,0,0,0<br/>1x8x8x6"]
        n3["bn<br/>batchNorm epsilon 0.001<br/>1x8x8x6"]
        n4["relu<br/>relu6<br/>1x8x8x6"]
        n5["filter<br/>depthwiseConv2d 3x3, stride 2x2, pad 0,1,0,1, bias<br/>1x4x4x6"]
        n6["features<br/>globalAveragePool<br/>1x6"]
        n0 --> n1
        n1 --> n2
        n2 --> n3
        n3 --> n4
        n4 --> n5
        n5 --> n6"
    `)
  })

  it('keeps names from being taken for markup', () => {
    const b = new GraphBuilder()
    const graph = b.build([b.input([1], { name: '`a`"]\n<script>#35;&amp;' })])
    expect(toMermaid(graph).split('\n')).toEqual([
      'flowchart TD',
      '  n0["#96;a#96;#34;] #60;script#62;#35;35;#38;amp;<br/>input<br/>1"]',
    ])
  })
})

describe('describeOp', () => {
  const window = { kernel: [3, 2], strides: [2, 1], padding: { top: 0, bottom: 1, left: 0, right: 0 } } as const
  const epilogue = { weights: 'w', bias: 'b', activation: clampTo({ min: 0, max: 6 }), residual: true } as const
  it.each<[Op, string]>([
    [
      { kind: 'conv2d', filters: 8, groups: 2, dilations: [2, 1], ...window, ...epilogue },
      'conv2d 3x2, stride 2x1, pad 0,1,0,0, dilation 2x1, 2 groups, bias, residual, clamp 0..6',
    ],
    [
      {
        kind: 'depthwiseConv2d',
        multiplier: 2,
        dilations: [1, 1],
        ...window,
        ...epilogue,
        bias: null,
        activation: null,
        residual: false,
      },
      'depthwiseConv2d 3x2, stride 2x1, pad 0,1,0,0, multiplier 2',
    ],
    [{ kind: 'dense', units: 3, ...epilogue, residual: false, activation: relu }, 'dense bias, relu'],
    [
      { kind: 'averagePool', ...window, countPadding: true },
      'averagePool 3x2, stride 2x1, pad 0,1,0,0, padding counted',
    ],
    [{ kind: 'maxPool', ...window }, 'maxPool 3x2, stride 2x1, pad 0,1,0,0'],
    [
      {
        kind: 'pad',
        pads: [
          [0, 0],
          [1, 2],
        ],
        value: 0.5,
      },
      'pad 0+0 1+2, value 0.5',
    ],
    [{ kind: 'globalAveragePool', keepDims: true }, 'globalAveragePool keep dims'],
    [
      { kind: 'batchNorm', epsilon: 0.001, gamma: null, beta: null, mean: 'm', variance: 'v' },
      'batchNorm epsilon 0.001',
    ],
    [clampTo({ min: -1, max: 1 }), 'clamp -1..1'],
    [{ kind: 'affine', scale: [1, 2], offset: [0, 0] }, 'affine 2 channels'],
    [{ kind: 'concat', axis: 3 }, 'concat axis 3'],
    [{ kind: 'dropout', rate: 0.2 }, 'dropout rate 0.2'],
    [{ kind: 'softmax' }, 'softmax'],
  ])('%o', (op, words) => {
    expect(describeOp(op)).toBe(words)
  })
})

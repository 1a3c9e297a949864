import { describe, expect, it } from 'vitest'
import { checkParams, formatElements, optimize, quantizeInto, requireReals, verify } from '../src/backend.ts'
import {
  dequantized,
  type ElementType,
  type Graph,
  GraphBuilder,
  GraphError,
  graphFromJSON,
  graphToJSON,
  type Node,
  printGraph,
  type Tensor,
  tensor,
  toMermaid,
  UnsupportedOpError,
  type Value,
  WeightsError,
} from '../src/index.ts'
import { int8, perChannel, quantizedGraph, quantizedParams, uint8 } from './quantized-graph.ts'

/** The graph with some fields of one node replaced. */
function having(name: string, changes: Readonly<Record<string, unknown>>): Graph {
  const graph = quantizedGraph()
  return { ...graph, nodes: graph.nodes.map(node => (node.name === name ? ({ ...node, ...changes } as Node) : node)) }
}

describe('a graph of quantized values', () => {
  it('gives each value the type its author states, and moves of values the type of their operand', () => {
    const types = quantizedGraph().nodes.map(node => [node.name, formatElements(node)])
    expect(types).toEqual([
      ['x', 'float32'],
      ['bytes', 'uint8 (x - 128) * 0.0078125'],
      ['signed', 'int8 (x + 3) * 0.05'],
      ['conv', 'int8 (x + 3) * 0.05'],
      ['pool', 'int8 (x + 3) * 0.05'],
      ['sum', 'int8 (x + 3) * 0.05'],
      ['flat', 'int8 (x + 3) * 0.05'],
      ['reals', 'float32'],
    ])
  })

  it('prints its types', () => {
    expect(printGraph(quantizedGraph())).toContain('%1  bytes   1x4x4x3 uint8 (x - 128) * 0.0078125  quantize (%0)')
    expect(toMermaid(quantizedGraph())).toContain(
      'n3["conv<br/>conv2d 3x3, stride 1x1, pad 1,1,1,1, bias<br/>1x4x4x2 int8',
    )
  })

  it('round-trips through JSON', () => {
    const graph = quantizedGraph()
    expect(graphFromJSON(JSON.parse(JSON.stringify(graphToJSON(graph))))).toEqual(graph)
  })

  it('keeps its nodes through the passes, which would leave roundings out', () => {
    const b = new GraphBuilder()
    const x = b.input([1, 4, 4, 2], { name: 'x', elements: int8 })
    const y = b.conv2d(x, { kernel: 1, filters: 2, elements: int8, name: 'conv' })
    const graph = b.build([b.relu(y, { elements: uint8 })])
    expect(optimize({ graph, params: new Map() }).graph).toEqual(graph)
    const joined = new GraphBuilder()
    const one = joined.concat([joined.input([1, 2], { elements: int8 })], 1, { elements: uint8, name: 'requantized' })
    expect(
      optimize({ graph: joined.build([joined.sigmoid(joined.dequantize(one))]), params: new Map() }).graph.nodes,
    ).toHaveLength(4)
  })

  it.each<[string, Graph, RegExp]>([
    ['a result without a scale', having('conv', { quantization: undefined }), /int8 or uint8 result with a scale/],
    ['reals from bytes', having('sum', { dtype: 'float32', quantization: undefined }), /int8 or uint8 result/],
    ['a moved value of another scale', having('pool', { ...uint8 }), /\(x \+ 3\) \* 0.05, as its operand, found uint8/],
    [
      'a scale of zero',
      having('bytes', { quantization: { scale: 0, zeroPoint: 0 } }),
      /positive, finite scale, found 0/,
    ],
    [
      'a zero point out of range',
      having('bytes', { quantization: { scale: 1, zeroPoint: -1 } }),
      /zero point from 0 to 255, found -1/,
    ],
    ['a scale of reals', having('x', { quantization: { scale: 1, zeroPoint: 0 } }), /no quantization of float32/],
    ['a quantization that is none', having('bytes', { quantization: 7 }), /a quantization, found 7/],
    [
      'an axis beyond the shape',
      having('signed', { quantization: { ...perChannel, axis: 4 } }),
      /axis of 1x4x4x3, found 4/,
    ],
    ['too few scales', having('signed', { quantization: perChannel }), /3 scales and zero points/],
    [
      'scales by channel of a value',
      having('signed', { quantization: { scale: [1, 1, 1], zeroPoint: [0, 0, 0], axis: 3 } }),
      /int8 or uint8 result with a scale/,
    ],
  ])('refuses %s', (_what, graph, message) => {
    expect(() => verify(graph)).toThrow(GraphError)
    expect(() => verify(graph)).toThrow(message)
  })

  it.each<[string, (b: GraphBuilder, x: Value) => Value, RegExp]>([
    [
      'a product of bytes without a type',
      (b, x) => b.conv2d(x, { kernel: 1, filters: 2 }),
      /int8 or uint8 result .* found float32/,
    ],
    ['batch norm of bytes', (b, x) => b.batchNorm(x), /float32 operands, found int8 .* from node 0 "x"/],
    ['bytes and reals added', (b, x) => b.add(x, b.input([1, 2, 2, 2])), /expected float32 operands/],
    ['affine of quantized bytes', (b, x) => b.affine(x, { scale: [1, 1], offset: [0, 0] }), /without a quantization/],
    ['what is real, dequantized', (b, x) => b.dequantize(b.dequantize(x)), /int8 or uint8 operands/],
  ])('refuses to build %s', (_what, build, message) => {
    const b = new GraphBuilder()
    expect(() => build(b, b.input([1, 2, 2, 2], { name: 'x', elements: int8 }))).toThrow(message)
  })

  it('is refused by name where only reals are computed', () => {
    expect(() => requireReals(quantizedGraph(), 'wasm')).toThrow(UnsupportedOpError)
    expect(() => requireReals(quantizedGraph(), 'wasm')).toThrow(
      'node 1 "bytes" (quantize): expected float32 values, the only ones that wasm takes',
    )
  })
})

describe('parameters of quantized products', () => {
  it('are integers with a scale, and a bias that counts in steps of both scales', () => {
    expect(() => checkParams(quantizedGraph(), quantizedParams())).not.toThrow()
  })

  const weights = quantizedParams().get('conv/weights') as Tensor
  it.each<[string, string, Tensor, RegExp]>([
    ['reals', 'conv/weights', tensor([3, 3, 3, 2], new Float32Array(54)), /int8 or uint8 3x3x3x2, found float32/],
    ['no scale', 'conv/weights', tensor([3, 3, 3, 2], new Int8Array(54)), /with a quantization, found one without/],
    [
      'other scales',
      'conv/weights',
      { ...weights, quantization: { ...perChannel, axis: 2 } },
      /6 scales and zero points/,
    ],
    ['a real bias', 'conv/bias', tensor([2], new Float32Array(2)), /int32 2, found float32 2/],
  ])('are refused with %s', (_what, name, value, message) => {
    const params = new Map(quantizedParams()).set(name, value)
    expect(() => checkParams(quantizedGraph(), params)).toThrow(message)
    if (!/scales and/.test(message.source)) expect(() => checkParams(quantizedGraph(), params)).toThrow(WeightsError)
  })
})

describe('quantize and dequantize', () => {
  const stored = (reals: readonly number[], type: ElementType): number[] => {
    const into = new Int32Array(reals.length)
    quantizeInto(reals, type, into)
    return [...into]
  }

  it('round half to even, and clamp to what the type holds', () => {
    const half: ElementType = { dtype: 'int8', quantization: { scale: 1, zeroPoint: 0 } }
    expect(stored([0.5, 1.5, 2.5, -0.5, -1.5, 0.49, 0.51], half)).toEqual([0, 2, 2, 0, -2, 0, 1])
    expect(stored([1000, -1000, Infinity, -Infinity, Number.NaN], half)).toEqual([127, -128, 127, -128, 0])
    expect(stored([-1, 0, 0.9921875, 7], uint8)).toEqual([0, 128, 255, 255])
  })

  it('take a scale for each index from the axis on', () => {
    const quantization = { scale: [1, 10], zeroPoint: [0, 1], axis: 1 }
    expect(stored([3, 30, 4, 40], { dtype: 'int8', quantization })).toEqual([3, 4, 4, 5])
    const real = dequantized({ ...tensor([2, 2], Int8Array.of(3, 4, 4, 5)), quantization })
    expect([...real.data]).toEqual([3, 30, 4, 40])
    expect(real).toMatchObject({ dtype: 'float32', shape: [2, 2] })
  })

  it('leave reals, and integers that stand for themselves, what they are', () => {
    const reals = tensor([2], [1.5, -2])
    expect(dequantized(reals)).toBe(reals)
    expect([...dequantized(tensor([2], Uint8Array.of(1, 255))).data]).toEqual([1, 255])
  })
})

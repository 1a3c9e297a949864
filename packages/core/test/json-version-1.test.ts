import { expect, it } from 'vitest'
import { clampTo, relu, relu6 } from '../src/backend.ts'
import { graphFromJSON, type Op } from '../src/index.ts'

/** A node as `graphToJSON` wrote it until version 2. */
const node = (id: number, op: object, inputs: readonly number[], shape = [1, 2, 2, 2], dtype = 'float32') => ({
  id,
  op,
  inputs,
  shape,
  dtype,
  name: `n${id}`,
})

const window = { kernel: [1, 1], strides: [1, 1], padding: { top: 0, bottom: 0, left: 0, right: 0 }, dilations: [1, 1] }
const product = { ...window, weights: 'w', bias: null, residual: false }

const file = (...nodes: readonly object[]) => ({
  format: 'depthwise-graph',
  version: 1,
  inputs: [0],
  outputs: [nodes.length - 1],
  nodes,
})

const pixels = node(0, { kind: 'input' }, [], [1, 2, 2, 2], 'uint8')
const reals = node(1, { kind: 'normalize', scale: [1, '-0'], offset: [0, 2] }, [0])

it.each<[string, object, Op]>([
  ['relu', { kind: 'relu' }, relu],
  ['relu6', { kind: 'relu6' }, relu6],
  ['clamp', { kind: 'clamp', min: -1, max: 'inf' }, clampTo({ min: -1, max: Infinity })],
  ['add', { kind: 'add' }, { kind: 'binary', operator: 'add' }],
  ['mul', { kind: 'mul' }, { kind: 'binary', operator: 'mul' }],
])('reads %s of version 1', (kind, op, expected) => {
  const inputs = kind === 'add' || kind === 'mul' ? [1, 1] : [1]
  const { nodes } = graphFromJSON(file(pixels, reals, node(2, op, inputs)))
  expect(nodes[1]?.op).toEqual({ kind: 'affine', scale: [1, -0], offset: [0, 2] })
  expect(nodes[2]?.op).toEqual(expected)
})

it.each<[string, object, Op]>([
  [
    'without a clamp',
    { clamp: null },
    { ...(product as object), kind: 'conv2d', filters: 2, groups: 1, activation: null } as Op,
  ],
  [
    'with one',
    { clamp: { min: 0, max: 'inf' } },
    {
      ...(product as object),
      kind: 'conv2d',
      filters: 2,
      groups: 1,
      activation: clampTo({ min: 0, max: Infinity }),
    } as Op,
  ],
])('reads a convolution of version 1 %s', (_what, clamp, expected) => {
  const conv = { kind: 'conv2d', filters: 2, groups: 1, ...product, ...clamp }
  expect(graphFromJSON(file(pixels, reals, node(2, conv, [1]))).nodes[2]?.op).toEqual(expected)
})

it.each([
  ['crossed bounds', { min: 2, max: 1 }],
  ['no bounds', 'relu'],
])('refuses a convolution of version 1 whose clamp has %s', (_what, clamp) => {
  const conv = { kind: 'conv2d', filters: 2, groups: 1, ...product, clamp }
  expect(() => graphFromJSON(file(pixels, reals, node(2, conv, [1])))).toThrow('attribute activation')
})

it('refuses an unknown op of version 1', () => {
  expect(() => graphFromJSON(file(pixels, reals, node(2, { kind: 'gelu' }, [1])))).toThrow('a known op')
})

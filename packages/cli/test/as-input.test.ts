import { type DType, GraphBuilder, GraphError, type Node, type Tensor, tensor } from '@depthwise/core'
import { expect, test } from 'vitest'
import { asInput } from '../src/run/as-input.ts'

function inputNode(dtype: DType = 'float32'): Node {
  const b = new GraphBuilder()
  const x = b.input([1, 3], { name: 'x', dtype })
  return b.build([x]).nodes[0] as Node
}

const stored = (zeroPoint: number) => ({ inputQuantization: { x: { scale: 0.5, zeroPoint } } })
const bytes = tensor([1, 3], Uint8Array.of(0, 128, 255))
const signed = tensor([1, 3], Int8Array.of(-128, 0, 127))

test('reals are taken as they are, also by a network that stores integers', () => {
  const reals = tensor([1, 3], [0, 128, 255])
  expect(asInput(reals, inputNode(), stored(128), 'in.npy')).toBe(reals)
})

test('uint8 and int8 are read by scale and zero point', () => {
  expect(asInput(bytes, inputNode(), stored(128), 'in.npy')).toEqual(tensor([1, 3], [-64, 0, 63.5]))
  expect(asInput(signed, inputNode(), stored(-128), 'in.npy')).toEqual(tensor([1, 3], [0, 64, 127.5]))
})

test('a quantized network gets its own integers as they are, and reals as the integers that stand for them', () => {
  const b = new GraphBuilder()
  const elements = { dtype: 'int8', quantization: { scale: 0.5, zeroPoint: -1 } } as const
  const x = b.input([1, 3], { name: 'x', elements })
  const input = b.build([x]).nodes[0] as Node
  expect(asInput(signed, input, stored(-1), 'in.npy')).toBe(signed)
  const reals = tensor([1, 3], [-1, 0.25, 1000])
  expect(asInput(reals, input, stored(-1), 'in.npy')).toEqual(tensor([1, 3], Int8Array.of(-3, -1, 127)))
  for (const other of [bytes, tensor([1, 3], Int32Array.of(1, 2, 3))]) {
    expect(() => asInput(other, input, stored(-1), 'in.npy')).toThrow(
      `in.npy: expected int8 values as the network stores them, or float32 to quantise, found ${other.dtype}`,
    )
  }
})

test('a network that takes bytes gets bytes', () => {
  expect(asInput(bytes, inputNode('uint8'), {}, 'in.npy')).toBe(bytes)
})

test.each<[string, Tensor, object, string]>([
  ['integers where the network has no scale', bytes, {}, 'no scale and zero point'],
  ['bytes where the file has signed ones', bytes, stored(-128), 'expected int8'],
  ['signed bytes where the file has unsigned ones', signed, stored(128), 'expected uint8'],
  ['int32', tensor([1, 3], Int32Array.of(1, 2, 3)), stored(0), 'found int32'],
])('refuses %s', (_, given, metadata, message) => {
  const convert = () => asInput(given, inputNode(), metadata, 'in.npy')
  expect(convert).toThrow(GraphError)
  expect(convert).toThrow(message)
  expect(convert).toThrow('in.npy')
})

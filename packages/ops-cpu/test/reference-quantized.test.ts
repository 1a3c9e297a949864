import { type ElementType, GraphBuilder, type Op, type Tensor, tensor } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { expect, it } from 'vitest'

const uint8: ElementType = { dtype: 'uint8', quantization: { scale: 0.5, zeroPoint: 10 } }
const weights = (scales: readonly number[]): Tensor => ({
  ...tensor([2, 3], Int8Array.of(1, 2, 3, 4, 5, 6)),
  quantization: { scale: [...scales], zeroPoint: scales.map(() => 0), axis: 1 },
})
const dense = { kind: 'dense', units: 3, weights: 'w', bias: null, activation: null, residual: false } as const

/** A dense layer called `y`, of two operands where it has a residual. */
async function compile(op: Op, scales: readonly number[] = [0.5, 0.5, 0.25]) {
  const b = new GraphBuilder()
  const x = b.input([1, 2], { name: 'x', elements: uint8 })
  const r = b.input([1, 3], { name: 'r', elements: uint8 })
  const isFused = 'residual' in op && op.residual
  const graph = b.build([b.op(op, isFused ? [x, r] : [x], { name: 'y', elements: uint8 })])
  return reference().compile(graph, new Map([['w', weights(scales)]]))
}

it('computes a product in integers, as it is stored', async () => {
  await using executable = await compile(dense)
  const { y } = await executable.run({ x: Uint8Array.of(12, 9), r: new Uint8Array(3) })
  // (2, -1) times the columns (1, 4), (2, 5), (3, 6) is -2, -1, 0; times 0.5, 0.5, 0.25, the tie to even, plus 10.
  expect(y).toEqual({ dtype: 'uint8', shape: [1, 3], data: Uint8Array.of(9, 10, 10), quantization: uint8.quantization })
})

it('refuses a residual and hard swish in the store of a product, by the name of the node', async () => {
  await expect(compile({ ...dense, residual: true })).rejects.toThrow(
    'node 2 "y" (dense): expected no residual in the store of a quantized product, found one',
  )
  await expect(compile({ ...dense, activation: { kind: 'hardSwish' } })).rejects.toThrow(
    'node 2 "y" (dense): expected a clamp as the activation of a quantized product, found hardSwish',
  )
})

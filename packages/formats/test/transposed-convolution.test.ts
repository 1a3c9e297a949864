import { createSession, GraphBuilder, tensor } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { asForward, type TransposedConvolution } from '../src/transposed-convolution.ts'

/** Each pixel of the operand adds its window of products to the result. */
function scattered(op: TransposedConvolution, image: Float32Array, weights: Float32Array): number[] {
  const { input, output, kernel, strides, before, channels, filters } = op
  const result = new Array<number>(output[0] * output[1] * filters).fill(0)
  for (let y = 0; y < input[0]; y++) {
    for (let x = 0; x < input[1]; x++) {
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const [row, column] = [y * strides[0] + ky - before[0], x * strides[1] + kx - before[1]]
          if (row < 0 || row >= output[0] || column < 0 || column >= output[1]) continue
          for (let c = 0; c < channels; c++) {
            for (let f = 0; f < filters; f++) {
              const weight = weights[((ky * kernel[1] + kx) * channels + c) * filters + f] as number
              const at = (row * output[1] + column) * filters + f
              result[at] = (result[at] as number) + weight * (image[(y * input[1] + x) * channels + c] as number)
            }
          }
        }
      }
    }
  }
  return result
}

async function forwards(op: TransposedConvolution, image: Float32Array, weights: Float32Array) {
  const forward = asForward(op)
  if (!forward) return null
  const b = new GraphBuilder()
  const x = b.input([1, ...op.input, op.channels], { name: 'x' })
  const { filters, kernel, padding } = forward
  const sums = b.conv2d(x, { name: 'c', filters, kernel, padding, bias: false })
  const graph = b.build([b.op(forward.blocks, [sums], { name: 'y' })])
  const index = (ky: number, kx: number, c: number, f: number): number =>
    ((ky * op.kernel[1] + kx) * op.channels + c) * op.filters + f
  const arranged = tensor([...kernel, op.channels, filters], forward.arrange(weights, index, 0))
  await using session = await createSession(graph, new Map([['c/weights', arranged]]), { backends: [reference()] })
  return (await session.run({ x: image }))['y']
}

const size = (max: number) => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }))
const ops = fc
  .record({
    input: size(5),
    kernel: size(5),
    strides: size(3),
    channels: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 3 }),
    before: size(3),
    less: size(3),
  })
  .map(({ before, less, ...op }): TransposedConvolution => {
    const extent = (axis: 0 | 1) => (op.input[axis] - 1) * op.strides[axis] + op.kernel[axis]
    const first = ([0, 1] as const).map(axis => Math.min(before[axis] - 1, op.kernel[axis] - 1)) as [number, number]
    const output = ([0, 1] as const).map(axis => Math.max(1, extent(axis) - first[axis] - less[axis] + 1)) as [
      number,
      number,
    ]
    return { ...op, before: first, output }
  })

it('computes forwards what a transposed convolution scatters', async () => {
  let tried = 0
  await fc.assert(
    fc.asyncProperty(ops, async op => {
      const values = (length: number, seed: number): Float32Array =>
        Float32Array.from({ length }, (_, i) => ((i * 37 + seed) % 17) / 8 - 1)
      const image = values(op.input[0] * op.input[1] * op.channels, 3)
      const weights = values(op.kernel[0] * op.kernel[1] * op.channels * op.filters, 5)
      const found = await forwards(op, image, weights)
      if (!found) return
      tried += 1
      expect(found.shape).toEqual([1, ...op.output, op.filters])
      const wanted = scattered(op, image, weights)
      for (const [i, value] of wanted.entries()) expect(found.data[i]).toBeCloseTo(value, 4)
    }),
    { numRuns: 300 },
  )
  expect(tried).toBeGreaterThan(200)
})

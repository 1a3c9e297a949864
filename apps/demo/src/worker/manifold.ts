import { GraphBuilder, tensor } from '@depthwise/core'
import { registry } from './backends.ts'
import type { Calls } from './protocol.ts'
import { backendInUse } from './rooms.ts'

const count = 400

/** Points of a spiral, the curve of the figure. */
const spiral = Array.from({ length: count }, (_, i): readonly [number, number] => {
  const angle = (i / (count - 1)) * 4 * Math.PI
  const radius = i / (count - 1)
  return [radius * Math.cos(angle), radius * Math.sin(angle)]
})

/**
 * Figure 1 of the V2 paper (arXiv:1801.04381, section 3.2): a curve in the plane is embedded in n dimensions by a random
 * matrix, cut by a ReLU, and brought back by the matrix's inverse. In few dimensions the ReLU destroys it, in many it
 * survives: why the bottleneck is linear, and the expansion is not. Product and ReLU run on the backend in use.
 */
export async function manifold({ dimensions, seed }: Calls['manifold']['args']): Promise<Calls['manifold']['reply']> {
  const backend = await registry.create(backendInUse())
  const found = []
  for (const n of dimensions) {
    const matrix = randomMatrix(n, seed + n)
    const b = new GraphBuilder()
    const input = b.input([count, 2], { name: 'points' })
    const graph = b.build([b.relu(b.dense(input, { name: 'embed', units: n, bias: false }), { name: 'cut' })])
    const params = new Map([['embed/weights', tensor([2, n], matrix)]])
    await using executable = await backend.compile(graph, params)
    const points = Float32Array.from(spiral.flat())
    const { cut } = await executable.run({ points })
    if (!cut) throw new Error('the network gave no values')
    found.push({ dimensions: n, points: broughtBack(cut.data, matrix, n) })
  }
  return found
}

/** Least squares: for T of shape [2, n] the inverse is Tᵀ(TTᵀ)⁻¹, and TTᵀ is only 2 by 2. */
function broughtBack(values: Float32Array, matrix: Float32Array, n: number): (readonly [number, number])[] {
  const [x, y] = [matrix.subarray(0, n), matrix.subarray(n)]
  const inner = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  const [xx, xy, yy] = [inner(x, x), inner(x, y), inner(y, y)]
  const determinant = xx * yy - xy * xy
  return Array.from({ length: count }, (_, row) => {
    const value = values.subarray(row * n, (row + 1) * n)
    const [a, b] = [inner(value, x), inner(value, y)]
    return [(yy * a - xy * b) / determinant, (xx * b - xy * a) / determinant] as const
  })
}

/** Normally distributed (Box and Muller 1958), the same for the same seed. */
function randomMatrix(n: number, seed: number): Float32Array {
  let state = (seed * 2654435761) >>> 0 || 1
  const real = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 8; i++) real()
  return Float32Array.from(
    { length: 2 * n },
    () => Math.sqrt(-2 * Math.log(1 - real())) * Math.cos(2 * Math.PI * real()),
  )
}

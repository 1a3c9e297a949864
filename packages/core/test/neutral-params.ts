import { paramSpecs } from '../src/backend.ts'
import { type Graph, type Params, tensor, zeros } from '../src/index.ts'

/** Parameters of the right shapes: variances of one, all else zero. */
export function neutralParams(graph: Graph): Params {
  return new Map(
    paramSpecs(graph).map(({ name, role, shape }) => [
      name,
      role === 'variance' ? tensor(shape, new Float32Array(zeros(shape).data.length).fill(1)) : zeros(shape),
    ]),
  )
}

import { type DType, type Graph, GraphBuilder, type Inputs, type Params, type Shape, type Value } from '@depthwise/core'

/** A graph to be computed as it is defined. */
export interface Case {
  readonly name: string
  readonly graph: Graph
  /** Default: seeded values, as a trained network might have them. */
  readonly params?: Params
  readonly inputs?: Inputs
}

type Build = (b: GraphBuilder, x: Value) => Value | readonly Value[]

/** A case on one input called `x`. */
export function on(name: string, shape: Shape, build: Build, dtype: DType = 'float32'): Case {
  const b = new GraphBuilder()
  const built = build(b, b.input(shape, { name: 'x', dtype }))
  return { name, graph: b.build([built].flat()) }
}

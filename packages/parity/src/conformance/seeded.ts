import { type Graph, type Params, type Shape, type Tensor, tensor } from '@depthwise/core'
import { elementCount, nodeIndex, type ParamRole, type ParamSpec, paramSpecs } from '@depthwise/core/backend'

/** Numbers that are the same for the same seed on every engine: Marsaglia's 32-bit xorshift (J. Stat. Softw. 8/14, 2003). */
export class Seeded {
  #state: number

  constructor(seed: number) {
    this.#state = Math.imul(seed | 0, 0x9e3779b9) ^ 0x6d2b79f5 || 1
  }

  /** A real in [0, 1). */
  real(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return (state >>> 0) / 2 ** 32
  }

  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.real() * (max - min + 1))
  }

  pick<const T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)] as T
  }

  chance(): boolean {
    return this.real() < 0.5
  }

  /** Reals around `centre`, off by less than `spread`. */
  tensor(shape: Shape, centre = 0, spread = 1): Tensor<'float32'> {
    const data = Float32Array.from({ length: elementCount(shape) }, () => centre + (2 * this.real() - 1) * spread)
    return tensor(shape, data)
  }
}

/** Centre and spread of each role; weights are scaled so that sums of products keep the size of their operands. */
const ranges: { readonly [R in ParamRole]: (spec: ParamSpec) => readonly [centre: number, spread: number] } = {
  weights: spec => [0, Math.sqrt(3 / fanIn(spec))],
  bias: () => [0, 0.5],
  gamma: () => [1, 0.5],
  beta: () => [0, 0.5],
  mean: () => [0, 0.5],
  variance: () => [1, 0.75],
  value: () => [0, 1],
}

/** How many products are summed into one output: the kernel's area, and but for depthwise the channels it reads. */
function fanIn({ shape, node }: ParamSpec): number {
  return elementCount(shape.slice(0, node.op.kind === 'depthwiseConv2d' ? 2 : -1))
}

/** Values for every parameter a graph reads, as a trained network might have them. */
export function seededParams(graph: Graph, seed: number): Params {
  const numbers = new Seeded(seed)
  const params = new Map<string, Tensor>()
  for (const spec of paramSpecs(graph)) {
    if (!params.has(spec.name)) params.set(spec.name, numbers.tensor(spec.shape, ...ranges[spec.role](spec)))
  }
  return params
}

/** Values for every input: reals in [-1, 1), or integers over the whole range of their type (int32: a million around 0). */
export function seededInputs(graph: Graph, seed: number): Readonly<Record<string, Tensor>> {
  const nodes = nodeIndex(graph)
  const entries = graph.inputs.map((id, index) => {
    const { name, shape, dtype } = nodes.get(id) as NonNullable<ReturnType<typeof nodes.get>>
    const numbers = new Seeded(seed + index)
    const length = elementCount(shape)
    const made = {
      float32: () => numbers.tensor(shape).data,
      uint8: () => Uint8Array.from({ length }, () => numbers.int(0, 255)),
      int8: () => Int8Array.from({ length }, () => numbers.int(-128, 127)),
      int32: () => Int32Array.from({ length }, () => numbers.int(-1e6, 1e6)),
    }[dtype]
    return [name, { dtype, shape, data: made() } as Tensor] as const
  })
  return Object.fromEntries(entries)
}

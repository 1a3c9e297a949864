import {
  type Backend,
  elementCount,
  type Graph,
  type Inputs,
  type LayerTiming,
  nodeIndex,
  now,
  type Params,
  paramSpecs,
  type Signal,
  tensor,
} from '@depthwise/core'

/** The best time of each unit of a graph, and of a whole run. */
export interface Measured {
  readonly layers: readonly LayerTiming[]
  readonly run: number
}

/** How long to repeat: the best of so many rounds at least, and of so many milliseconds. */
export interface Patience {
  readonly rounds: number
  readonly milliseconds: number
  readonly signal?: Signal | undefined
}

/** Compiles a graph with made-up weights and times it until the times no longer depend on a lucky or unlucky moment. */
export async function measure(backend: Backend, graph: Graph, patience: Patience): Promise<Measured> {
  await using executable = await backend.compile(graph, madeUpParams(graph))
  const inputs = madeUpInputs(graph)
  const layers: LayerTiming[] = []
  let run = Number.POSITIVE_INFINITY
  const begun = now()
  for (let round = 0; round < patience.rounds || now() - begun < patience.milliseconds; round++) {
    patience.signal?.throwIfAborted()
    const start = now()
    await executable.run(inputs)
    run = Math.min(run, now() - start)
    for (const [index, timing] of (await executable.profile(inputs)).entries()) {
      const before = layers[index]
      if (!before || timing.milliseconds < before.milliseconds) layers[index] = timing
    }
    // No backend is so slow that the best of two is not worth more than the time.
    if (round >= 1 && now() - begun > slow) break
  }
  return { layers, run }
}

const slow = 400

function madeUpParams(graph: Graph): Params {
  return new Map(
    paramSpecs(graph).map(({ name, shape, role }) => {
      const data = new Float32Array(elementCount(shape))
      // Small, and of both signs, so that values neither grow without bounds nor vanish into denormals.
      for (let i = 0; i < data.length; i++) data[i] = role === 'variance' ? 1 : (((i * 7919 + 13) % 101) - 50) / 500
      return [name, tensor(shape, data)] as const
    }),
  )
}

function madeUpInputs(graph: Graph): Inputs {
  const nodes = nodeIndex(graph)
  const entries = graph.inputs.map(id => {
    const { name = '', shape = [] } = nodes.get(id) ?? {}
    const data = new Float32Array(elementCount(shape))
    for (let i = 0; i < data.length; i++) data[i] = (((i * 31 + 7) % 97) - 48) / 48
    return [name, tensor(shape, data)] as const
  })
  return Object.fromEntries(entries)
}

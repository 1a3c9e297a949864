import { type Backend, type Graph, type Inputs, type Params, type Signal, tensor } from '@depthwise/core'
import { elementCount, nodeIndex, now, paramSpecs } from '@depthwise/core/backend'
import { bestTimes, type Measured } from './best-times.ts'

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
  const times = bestTimes()
  const begun = now()
  for (let round = 0; round < patience.rounds || now() - begun < patience.milliseconds; round++) {
    patience.signal?.throwIfAborted()
    const start = now()
    await executable.run(inputs)
    const run = now() - start
    times.add(run, await executable.profile(inputs))
    // No backend is so slow that the best of two is not worth more than the time.
    if (round >= 1 && now() - begun > slow) break
  }
  return times.best()
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

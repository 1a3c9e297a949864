import type { LayerTiming } from '@depthwise/core'
import { cost, explain } from '@depthwise/cost'
import { registry } from './backends.ts'
import { blocksOf } from './blocks.ts'
import { networkOf, noiseFor } from './network.ts'
import type { Measured, NetworkChoice, Progress } from './protocol.ts'
import { foretold, machineOf } from './rates.ts'
import { backendInUse } from './rooms.ts'

/** Enough for the minimum to settle on a laptop; software adapters are given up on after some seconds. */
const rounds = 12
const patience = 4000

/** Runs a network on the backend in use, and tells where the time goes: of each layer the best of several runs. */
export async function measure(choice: NetworkChoice, report: (progress: Progress) => void): Promise<Measured> {
  const { graph, params } = networkOf(choice)
  const backend = await registry.create(backendInUse())
  await using executable = await backend.compile(graph, params)
  const inputs = noiseFor(graph)
  // Engines optimise what ran a few times.
  const start = performance.now()
  for (let run = 0; run < 3 && performance.now() - start < patience / 4; run++) await executable.run(inputs)
  let best: readonly LayerTiming[] = []
  let totalMs = Infinity
  for (let round = 1; round <= rounds; round++) {
    const before = performance.now()
    await executable.run(inputs)
    totalMs = Math.min(totalMs, performance.now() - before)
    const layers = await executable.profile(inputs)
    best = layers.map((layer, index) => {
      const { milliseconds } = best[index] ?? layer
      return { ...layer, milliseconds: Math.min(milliseconds, layer.milliseconds) }
    })
    report({ done: round, total: rounds })
    if (performance.now() - start > patience) break
  }
  const machine = machineOf(backend.name)
  const predicted = foretold(graph, backend.name)?.layers
  return {
    backend: backend.name,
    layers: best,
    totalMs,
    blocks: blocksOf(cost(graph), { measured: best, ...(predicted && { predicted }) }),
    short:
      machine &&
      explain(best, graph, machine).short.map(({ name, ratio, bound }) => ({ name, ratio: ratio ?? 1, bound })),
  }
}

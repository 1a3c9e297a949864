import { bestTimes, cost, explain } from '@depthwise/cost'
import { registry } from './backends.ts'
import { blocksOf } from './blocks.ts'
import { networkOf, noiseFor } from './network.ts'
import type { Measured, NetworkChoice, Progress } from './protocol.ts'
import { foretold, machineOf } from './rates.ts'
import { backendInUse } from './rooms.ts'

/** Enough for the times to settle on a laptop; software adapters are given up on after some seconds. */
const rounds = 12
const enough = 400
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
  const times = bestTimes()
  const begun = performance.now()
  let told = 0
  for (let round = 1; ; round++) {
    const before = performance.now()
    await executable.run(inputs)
    times.add(performance.now() - before, await executable.profile(inputs))
    const now = performance.now()
    // Small networks take many rounds, whose news nobody could read.
    const done = Math.floor(rounds * Math.min(1, round / rounds, (now - begun) / enough))
    if (done > told) report({ done, total: rounds })
    told = done
    if (done === rounds || now - start > patience) break
  }
  const { layers, run: totalMs } = times.best()
  const machine = machineOf(backend.name)
  const predicted = foretold(graph, backend.name)?.layers
  return {
    backend: backend.name,
    layers,
    totalMs,
    blocks: blocksOf(cost(graph), { measured: layers, ...(predicted && { predicted }) }),
    short:
      machine &&
      explain(layers, graph, machine).short.map(({ name, ratio, bound }) => ({ name, ratio: ratio ?? 1, bound })),
  }
}

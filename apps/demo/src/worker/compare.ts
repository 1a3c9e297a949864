import { compareBackends, explain } from '@depthwise/parity'
import { registry } from './backends.ts'
import { networkOf, noiseFor } from './network.ts'
import type { Calls, ParityFacts, Progress } from './protocol.ts'
import { heldIn } from './rooms.ts'

/** Holds a backend against the reference, layer by layer, on this very device. */
export async function compare(
  { network, candidate: name }: Calls['compare']['args'],
  report: (progress: Progress) => void,
): Promise<ParityFacts> {
  report({ done: 0, total: null })
  const { graph, params } = network === 'drawing' ? heldIn('drawing').model : networkOf(network)
  const [reference, candidate] = await Promise.all([registry.create('reference'), registry.create(name)])
  const start = performance.now()
  const found = await compareBackends(graph, params, noiseFor(graph), { reference, candidate, reproduce: false })
  return {
    reference: found.reference,
    candidate: found.candidate,
    ok: found.ok,
    summary: explain(found),
    milliseconds: performance.now() - start,
    rows: found.nodes.map(({ name: node, op, shape, maxAbs, largest, cosine, within }) => ({
      name: node,
      op,
      shape,
      maxAbs,
      ofLargest: largest > 0 ? maxAbs / largest : 0,
      cosine,
      within,
    })),
  }
}

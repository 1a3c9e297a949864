import type { Backend, Tensor } from '@depthwise/core'
import { difference, worse } from '../compare/difference.ts'
import { type NodeParity, summaryOf } from '../compare/report.ts'
import { readReproduction } from './file.ts'
import type { Reproduction } from './reproduction.ts'

/** What a backend makes of a reproduction. */
export interface Rerun {
  readonly backend: string
  /** Whether every run was within the tolerance: false where the fault is still there. */
  readonly ok: boolean
  /** The output, in the run where it differs most. */
  readonly node: NodeParity
}

/**
 * Runs a reproduction, or the file of one, on any backend: the one it was found on, a corrected one, another.
 * @throws FormatError for bytes that are no reproduction
 */
export async function rerun(reproduction: Reproduction | Uint8Array, candidate: Backend): Promise<Rerun> {
  const { graph, params, runs, tolerance } =
    reproduction instanceof Uint8Array ? readReproduction(reproduction) : reproduction
  const output = graph.nodes.find(node => node.id === graph.outputs[0])
  if (!output) throw new TypeError('a reproduction has an output')
  await using executable = await candidate.compile(graph, params)
  let node: NodeParity | null = null
  for (const [run, { inputs, expected }] of runs.entries()) {
    const found = (await executable.run(inputs))[output.name] as Tensor
    const measured = difference(expected, found, tolerance)
    if (!node || worse(measured, node)) node = { ...summaryOf(output), ...measured, run, within: measured.beyond === 0 }
  }
  return { backend: candidate.name, ok: node?.within === true, node: node as NodeParity }
}

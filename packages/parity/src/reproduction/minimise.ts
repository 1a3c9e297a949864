import type { Backend, Network, NodeId, Tensor } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { difference } from '../compare/difference.ts'
import type { Tolerance } from '../compare/tolerance.ts'
import { isolate } from './isolate.ts'
import type { Expectation, Reproduction } from './reproduction.ts'

/** Everything there is to know about a node that differed. */
export interface Suspect {
  readonly network: Network
  readonly node: NodeId
  /** Values that were compared, hence are known. */
  readonly known: ReadonlySet<NodeId>
  /** What the reference makes of the known nodes in a run; graph inputs as they were given. */
  readonly valuesOf: (run: number) => Promise<ReadonlyMap<NodeId, Tensor>>
  /** The run in which it differed. */
  readonly run: number
  readonly found: Tensor
  readonly tolerance: Tolerance
  readonly candidate: Backend
  readonly reference: string
}

interface Attempt {
  readonly part: Network
  readonly runs: readonly Expectation[]
  readonly found: Tensor | null
}

/**
 * Looks for the smallest part of a network that fails by itself: the node alone, then with ever more of what comes before
 * it; in one run, then in two, then in all runs up to the one that failed. When none does, the last one tried is returned and
 * says so.
 */
export async function minimise(suspect: Suspect): Promise<Reproduction> {
  let last: Attempt | null = null
  for (let reach = 1; ; reach *= 2) {
    const part = isolate(suspect.network, suspect.node, suspect.known, reach)
    if (last && part.graph.nodes.length === last.part.graph.nodes.length) return finish(suspect, last)
    last = await attempt(suspect, part)
    if (last.found) return finish(suspect, last)
  }
}

async function attempt(suspect: Suspect, part: Network): Promise<Attempt> {
  const { run } = suspect
  const own = await expectationOf(suspect, part, run)
  const twice = [own, own]
  for (const [count, found] of (await answers(suspect, part, twice)).entries()) {
    if (differs(suspect, own, found)) return { part, runs: twice.slice(0, count + 1), found }
  }
  // Runs are compared in their order, so that what an earlier one leaves behind has been left behind here, too.
  const runs: Expectation[] = []
  for (let earlier = 0; earlier < run; earlier++) runs.push(await expectationOf(suspect, part, earlier))
  runs.push(own)
  const found = (await answers(suspect, part, runs)).at(-1) as Tensor
  return { part, runs, found: differs(suspect, own, found) ? found : null }
}

/** What the candidate makes of a part, run by run on one executable. */
async function answers(
  { candidate }: Suspect,
  { graph, params }: Network,
  runs: readonly Expectation[],
): Promise<readonly Tensor[]> {
  const name = graph.nodes.at(-1)?.name as string
  await using executable = await candidate.compile(graph, params)
  const found: Tensor[] = []
  for (const { inputs } of runs) found.push((await executable.run(inputs))[name] as Tensor)
  return found
}

function differs({ tolerance }: Suspect, { expected }: Expectation, found: Tensor | undefined): boolean {
  if (!found || found.data.length !== elementCount(expected.shape)) return true
  return difference(expected, { ...found, shape: expected.shape }, tolerance).beyond > 0
}

async function expectationOf(suspect: Suspect, { graph }: Network, run: number): Promise<Expectation> {
  const values = await suspect.valuesOf(run)
  const inputs = graph.nodes
    .filter(node => node.op.kind === 'input')
    .map(({ id, name }) => [name, values.get(id) as Tensor] as const)
  return { inputs: Object.fromEntries(inputs), expected: values.get(suspect.node) as Tensor }
}

function finish({ tolerance, candidate, reference, found }: Suspect, attempt: Attempt): Reproduction {
  return {
    ...attempt.part,
    runs: attempt.runs,
    tolerance,
    found: attempt.found ?? found,
    reference,
    candidate: candidate.name,
    alone: attempt.found !== null,
  }
}

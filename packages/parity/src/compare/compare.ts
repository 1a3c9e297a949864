import {
  type Backend,
  type Executable,
  type Graph,
  type Inputs,
  type Node,
  type NodeId,
  OptionError,
  type Params,
  type Signal,
  type Tensor,
} from '@depthwise/core'
import { bindInputs, nodeIndex, prepare } from '@depthwise/core/backend'
import { minimise } from '../reproduction/minimise.ts'
import { keptNodes } from './exposed.ts'
import { locateHidden } from './hidden.ts'
import { Oracle } from './oracle.ts'
import { type Divergence, type ParityReport, summaryOf } from './report.ts'
import { measure, type Row, type Search } from './rows.ts'
import { resolveTolerance, type Tolerance } from './tolerance.ts'
import { joined, type TopAgreement, topAgreement } from './top.ts'

/** Which backends, which nodes, how closely. */
export interface CompareOptions {
  /** What is believed. It computes every compared node, unfused. */
  readonly reference: Backend
  /** What is doubted. */
  readonly candidate: Backend
  /** A number is a share of each layer's largest value. Default 1e-4. */
  readonly tolerance?: number | Tolerance
  /**
   * Which nodes of the candidate are compared. `'fused'` (default): those it keeps in memory anyway, so that it is tested as
   * it runs. `'all'`: every one, at the price of its fusion.
   */
  readonly expose?: 'fused' | 'all' | readonly NodeId[]
  /** Classes of each image that are compared, for outputs of `[images, classes]`. Default 5. */
  readonly top?: number
  /** Images a run; default: what the graph says. */
  readonly batch?: number
  /** Whether the smallest failing part is looked for. Default true. */
  readonly reproduce?: boolean
  readonly signal?: Signal
}

/**
 * Runs a graph on two backends and compares them node by node, then with nothing exposed. One set of inputs is run twice:
 * what a first run leaves behind may spoil the second. The first node beyond the tolerance is named, and the smallest part of
 * the graph that fails by itself is looked for.
 * @throws what `compile` and `run` of either backend throw; OptionError for a tolerance or a `top` that is none
 */
export async function compareBackends(
  graph: Graph,
  params: Params,
  inputs: Inputs | readonly Inputs[],
  options: CompareOptions,
): Promise<ParityReport> {
  const { reference, candidate, top = 5, batch, signal, expose = 'fused', reproduce = true } = options
  const tolerance = resolveTolerance(options.tolerance)
  if (!Number.isInteger(top) || top < 1) {
    throw new OptionError({ where: 'option top', expected: 'an integer of at least 1', found: `${top}` })
  }
  const given: readonly Inputs[] = Array.isArray(inputs) ? inputs : [inputs as Inputs]
  if (given.length === 0) throw new OptionError({ where: 'inputs', expected: 'at least one set', found: 'none' })
  const runs = given.length === 1 ? [...given, ...given] : given
  const network = prepare(graph, params, batch === undefined ? {} : { batch })
  for (const each of given) bindInputs(network.graph, each)

  await using plain = await candidate.compile(network.graph, params, signal ? { signal } : {})
  const ids = await compared(network.graph, plain, given[0] as Inputs, expose)
  await using exposing = await candidate.compile(network.graph, params, { expose: ids, ...(signal && { signal }) })
  await using oracle = await Oracle.open(network, reference, ids, runs)

  const names = nodeIndex(network.graph)
  const nodes = ids.map(id => names.get(id) as Node)
  const outputs = network.graph.outputs.map(id => names.get(id) as Node)
  const rows = new Map<NodeId, Row>()
  const unexposed = new Map<NodeId, Row>()
  const agreements = new Map<string, TopAgreement>()
  for (const [run, each] of runs.entries()) {
    signal?.throwIfAborted()
    const expected = await oracle.values(run)
    const found = await exposing.run(each, signal ? { signal } : {})
    for (const node of nodes) measure(rows, node, run, expected, found, tolerance)
    const bare = await plain.run(each, signal ? { signal } : {})
    for (const node of outputs) {
      measure(unexposed, node, run, expected, bare, tolerance)
      if (node.shape.length !== 2 || (node.shape[1] as number) < 2) continue
      const agreement = topAgreement(node.name, expected.get(node.id) as Value, bare[node.name] as Value, top)
      const before = agreements.get(node.name)
      agreements.set(node.name, before ? joined(before, agreement) : agreement)
    }
  }

  const visible = nodes.map(node => rows.get(node.id) as Row).find(row => !row.parity.within)
  const hidden = visible ? undefined : [...unexposed.values()].find(row => !row.parity.within)
  const search = { network, oracle, candidate, tolerance, ids, runs }
  const suspect = visible ?? (hidden && (await locateHidden(hidden, search)))
  const seen = new Set(ids)
  return {
    reference: reference.name,
    candidate: candidate.name,
    tolerance,
    ok: suspect === undefined,
    runs: runs.length,
    nodes: nodes.map(node => (rows.get(node.id) as Row).parity),
    unseen: network.graph.nodes.filter(node => node.op.kind !== 'input' && !seen.has(node.id)).map(summaryOf),
    first: suspect
      ? await diverging(suspect, visible === undefined, reproduce, { ...search, reference: reference.name })
      : null,
    top: [...agreements.values()],
  }
}

type Value = Tensor

/** Which nodes are compared, in the graph's order. */
async function compared(
  graph: Graph,
  executable: Executable,
  inputs: Inputs,
  expose: NonNullable<CompareOptions['expose']>,
): Promise<readonly NodeId[]> {
  if (expose === 'fused') return keptNodes(graph, executable, inputs)
  const wanted = new Set(expose === 'all' ? graph.nodes.map(node => node.id) : [...expose, ...graph.outputs])
  return graph.nodes.filter(node => wanted.has(node.id)).map(node => node.id)
}

/** Tells all about the first node that differs. */
async function diverging(
  { parity, found }: Row,
  hidden: boolean,
  reproduce: boolean,
  { network, oracle, candidate, tolerance, ids, runs, reference }: Search & { readonly reference: string },
): Promise<Divergence> {
  if (!reproduce || !found || network.graph.inputs.includes(parity.id)) {
    return { node: parity, hidden, reproduction: null }
  }
  const reproduction = await minimise({
    network,
    node: parity.id,
    known: new Set([...ids, ...network.graph.inputs]),
    // Inputs as they were given: compared, integers have become reals.
    valuesOf: async run => new Map([...(await oracle.values(run)), ...bindInputs(network.graph, runs[run] as Inputs)]),
    run: parity.run,
    found,
    tolerance,
    candidate,
    reference,
  })
  return { node: parity, hidden, reproduction }
}

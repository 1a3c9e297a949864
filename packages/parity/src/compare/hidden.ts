import type { Node, NodeId } from '@depthwise/core'
import { nodeIndex, truncate } from '@depthwise/core/backend'
import { measure, type Row, type Search } from './rows.ts'

/**
 * Finds where an output goes wrong that is right while inner values are exposed: cuts the graph off behind one compared node
 * after the other, halving what is left, until the first is found whose value is wrong.
 */
export async function locateHidden(wrong: Row, search: Search): Promise<Row> {
  const { graph } = search.network
  const behind = new Set(truncate(graph, wrong.parity.id).nodes.map(node => node.id))
  const order = search.ids.filter(id => behind.has(id))
  let found = wrong
  let [low, high] = [0, order.length - 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const failing = await cutOff(order[middle] as NodeId, search)
    if (failing) {
      found = failing
      high = middle
    } else low = middle + 1
  }
  return found
}

/** The measurement of a node as the only output of its graph, or null where it is right in every run. */
async function cutOff(id: NodeId, { network, oracle, candidate, runs, tolerance }: Search): Promise<Row | null> {
  const graph = truncate(network.graph, id)
  const node = nodeIndex(graph).get(id) as Node
  await using executable = await candidate.compile(graph, network.params)
  for (const [run, inputs] of runs.entries()) {
    const row = measure(new Map(), node, run, await oracle.values(run), await executable.run(inputs), tolerance)
    if (!row.parity.within) return row
  }
  return null
}

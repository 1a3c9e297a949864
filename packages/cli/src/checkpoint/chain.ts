import { chain, type Model, type Node, type Op, type Params, paramSpecs } from '@depthwise/core'

/** The attributes that name a parameter, over all ops. */
const roles: readonly string[] = ['weights', 'bias', 'gamma', 'beta', 'mean', 'variance']

/**
 * Two networks as one: the output of the first goes into the second. What describes the input is taken from the first,
 * what describes the output from the second.
 * @throws GraphError when output and input do not meet
 */
export function chainModels(first: Model, second: Model): Model {
  const { nodes, params } = withOwnParams(second, first.params)
  const graph = chain(first.graph, { ...second.graph, nodes })
  const { labels: _, ...metadata } = first.metadata
  const { labels } = second.metadata
  return { graph, params: new Map([...first.params, ...params]), metadata: { ...metadata, ...(labels && { labels }) } }
}

/** The second network with its parameters renamed where the first uses their names: other files, other numbers. */
function withOwnParams({ graph, params }: Model, taken: Params): { nodes: readonly Node[]; params: Params } {
  const renamed = new Map<string, string>()
  for (const { name } of paramSpecs(graph))
    if (taken.has(name)) renamed.set(name, unused(`then/${name}`, taken, params))
  if (renamed.size === 0) return { nodes: graph.nodes, params }
  const nameOf = (name: string): string => renamed.get(name) ?? name
  return {
    nodes: graph.nodes.map(node => ({ ...node, op: renameParams(node.op, nameOf) })),
    params: new Map([...params].map(([name, value]) => [nameOf(name), value])),
  }
}

function renameParams(op: Op, nameOf: (name: string) => string): Op {
  const renamed = Object.entries(op).map(([key, value]) => [
    key,
    roles.includes(key) && typeof value === 'string' ? nameOf(value) : value,
  ])
  return Object.fromEntries(renamed) as Op
}

function unused(name: string, ...taken: readonly Params[]): string {
  return taken.some(params => params.has(name)) ? unused(`then/${name}`, ...taken) : name
}

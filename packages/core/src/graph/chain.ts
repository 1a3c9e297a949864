import { GraphError } from '../errors.ts'
import { elementCount, formatShape } from '../tensor.ts'
import { fieldsOf } from './attributes.ts'
import { isParamField } from './field.ts'
import { type Graph, type Network, type Node, nodeIndex } from './graph.ts'
import type { Op, ParamName } from './op.ts'
import { paramSpecs } from './params.ts'
import { freshId } from './rewrite.ts'

/**
 * One graph after another: the only output of `first` becomes the only input of `second`, in the shape that one wants. Names
 * of nodes of the second get a prefix where the first uses them; names of parameters stay, so that graphs may share weights
 * (`chainNetworks` keeps them apart).
 * @throws GraphError when the counts, the shapes or the element types do not meet
 */
export function chain(first: Graph, second: Graph): Graph {
  const [output, input] = joint(first, second)
  const offset = freshId(first)
  const taken = new Set(first.nodes.map(node => node.name))
  const own = new Set(second.nodes.map(node => node.name))
  const moved = second.nodes.map((node): Node => {
    const name = taken.has(node.name) ? prefixed(node.name, name => taken.has(name) || own.has(name)) : node.name
    taken.add(name)
    const inputs = node.inputs.map(id => id + offset)
    const origins = node.origins ? { origins: node.origins.map(id => id + offset) } : {}
    const joined = { ...node, id: node.id + offset, name, inputs, ...origins }
    return node === input
      ? { ...joined, op: { kind: 'reshape', target: node.shape.slice(1) }, inputs: [output.id] }
      : joined
  })
  return { nodes: [...first.nodes, ...moved], inputs: first.inputs, outputs: second.outputs.map(id => id + offset) }
}

/**
 * `chain` with weights: parameters of the second that go by a name the first has too, and are others, get a prefix.
 * @throws GraphError as `chain`
 */
export function chainNetworks(first: Network, second: Network): Network {
  const names = new Map<ParamName, ParamName>()
  const params = new Map(first.params)
  const taken = (name: ParamName): boolean => params.has(name) || second.params.has(name)
  for (const name of new Set([...second.params.keys(), ...paramSpecs(second.graph).map(spec => spec.name)])) {
    const value = second.params.get(name)
    const clashes = first.params.has(name) && first.params.get(name) !== value
    const renamed = clashes ? prefixed(name, taken) : name
    if (clashes) names.set(name, renamed)
    if (value) params.set(renamed, value)
  }
  const nodes = second.graph.nodes.map(node => ({ ...node, op: withParamNames(node.op, names) }))
  return { graph: chain(first.graph, { ...second.graph, nodes }), params }
}

function joint(first: Graph, second: Graph): readonly [output: Node, input: Node] {
  const output = nodeIndex(first).get(first.outputs[0] as number)
  const input = nodeIndex(second).get(second.inputs[0] as number)
  if (!output || !input || first.outputs.length !== 1 || second.inputs.length !== 1) {
    const found = `${first.outputs.length} outputs and ${second.inputs.length} inputs`
    throw new GraphError({ where: 'chain', expected: 'one output, then one input', found })
  }
  const fits =
    output.shape[0] === input.shape[0] && elementCount(output.shape.slice(1)) === elementCount(input.shape.slice(1))
  if (!fits) {
    const found = `${formatShape(output.shape)} then ${formatShape(input.shape)}`
    throw new GraphError({ where: 'chain', expected: 'an output that fits the next input', found })
  }
  if (output.dtype !== 'float32' || input.dtype !== 'float32') {
    const found = `${output.dtype} then ${input.dtype}`
    throw new GraphError({ where: 'chain', expected: 'a float32 output and a float32 input', found })
  }
  return [output, input]
}

function prefixed(name: string, taken: (name: string) => boolean): string {
  let free = `then/${name}`
  while (taken(free)) free = `then/${free}`
  return free
}

function withParamNames(op: Op, names: ReadonlyMap<ParamName, ParamName>): Op {
  const renamed = Object.entries(fieldsOf(op.kind))
    .filter(([, field]) => isParamField(field))
    .map(([attribute]) => {
      const name = (op as unknown as Record<string, unknown>)[attribute] as ParamName | null
      return [attribute, name === null ? null : (names.get(name) ?? name)]
    })
  return { ...op, ...Object.fromEntries(renamed) }
}

import { GraphError } from '../errors.ts'
import type { ParamName } from '../ops/definition.ts'
import { withParamNames } from '../ops/table.ts'
import { formatElements, sameElements } from '../quantization.ts'
import { elementCount, formatShape } from '../tensor.ts'
import { type Graph, type Network, type Node, nodeIndex } from './graph.ts'
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
  const nodes = second.graph.nodes.map(node => ({
    ...node,
    op: withParamNames(node.op, name => names.get(name) ?? name),
  }))
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
  // Integers without a scale are bytes of images, which no network computes.
  const isBare = output.dtype !== 'float32' && !output.quantization
  if (isBare || !sameElements(output, input)) {
    const found = `${formatElements(output)} then ${formatElements(input)}`
    throw new GraphError({
      where: 'chain',
      expected: 'an output and an input of one element type, float32 or quantized',
      found,
    })
  }
  return [output, input]
}

function prefixed(name: string, taken: (name: string) => boolean): string {
  let free = `then/${name}`
  while (taken(free)) free = `then/${free}`
  return free
}

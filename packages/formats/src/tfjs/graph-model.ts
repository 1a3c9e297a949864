import { FormatError, GraphBuilder, type Model, type Shape, type Tensor, UnsupportedOpError } from '@depthwise/core'
import { checkParams, verify } from '@depthwise/core/backend'
import { identityOperators } from '../affine-operators.ts'
import { ChannelBudget } from '../channel-budget.ts'
import type { JsonObject } from '../json.ts'
import { settleInput } from '../keras/shapes.ts'
import { UniqueNames } from '../unique-names.ts'
import { within } from '../within.ts'
import { fold } from './fold.ts'
import { type NodeDef, parseNodes } from './graph-def.ts'
import { NodeCall, type Operand } from './node-call.ts'
import { opImporters } from './ops.ts'

const identities: ReadonlySet<string> = new Set(identityOperators.tfjs)

/** A graph-model: TensorFlow's graph, whose constants are the weights of the same names. */
export function readGraphModel(
  topology: JsonObject,
  tensors: ReadonlyMap<string, Tensor>,
  { file, inputShape }: { readonly file: string; readonly inputShape?: Shape | undefined },
): Model {
  const nodes = parseNodes(topology['node'], file)
  const names = new UniqueNames()
  const graph = {
    builder: new GraphBuilder(),
    params: new Map<string, Tensor>(),
    budget: new ChannelBudget(),
    name: (wanted: string) => names.take(wanted),
  }
  const operands = new Map<string, Operand>()
  for (const node of inOrder(nodes, file)) {
    const taken = node.inputs.map(input => operands.get(input) as Operand)
    operands.set(
      node.name,
      within(node.where, () => importNode(node, taken, tensors, graph, inputShape)),
    )
  }
  const outputs = outputsOf(nodes).flatMap(node => {
    const operand = operands.get(node.name)
    return operand && 'value' in operand ? [operand.value] : []
  })
  return within(file, () => {
    const built = graph.builder.build(outputs)
    verify(built)
    checkParams(built, graph.params)
    return { graph: built, params: graph.params, metadata: { format: 'tfjs' } }
  })
}

function importNode(
  node: NodeDef,
  operands: readonly Operand[],
  tensors: ReadonlyMap<string, Tensor>,
  graph: ConstructorParameters<typeof NodeCall>[2],
  inputShape: Shape | undefined,
): Operand {
  const { op, name, where } = node
  const [first] = operands
  if (op === 'Const') {
    const constant = tensors.get(name)
    if (constant) return { constant }
    throw new FormatError({ where, expected: 'a weight of this name', found: 'none' })
  }
  if (op === 'Placeholder') {
    const [, ...item] = node.attributes.shape('shape') ?? []
    const shape = settleInput(item.length > 0 ? item : undefined, inputShape, where)
    return { value: graph.builder.input([1, ...shape], { name: graph.name(name) }) }
  }
  if (identities.has(op) && first) return first
  const call = new NodeCall(node, operands, graph)
  const constant = fold(call)
  if (constant) return { constant }
  const importer = Object.hasOwn(opImporters, op) ? opImporters[op] : undefined
  if (!importer) throw new UnsupportedOpError({ where, expected: 'a supported op', found: op.slice(0, 80) })
  return { value: importer(call, graph.name(name)) }
}

/** Nodes behind all they take; the file may list them in any order. */
function inOrder(nodes: readonly NodeDef[], file: string): readonly NodeDef[] {
  const readers = new Map<string, NodeDef[]>(nodes.map(node => [node.name, []]))
  const missing = new Map<NodeDef, number>()
  for (const node of nodes) {
    missing.set(node, node.inputs.length)
    for (const input of node.inputs) {
      const list = readers.get(input)
      if (!list) throw missingOperand(node, input, nodes)
      list.push(node)
    }
  }
  const ordered = nodes.filter(node => node.inputs.length === 0)
  for (let next = 0; next < ordered.length; next += 1) {
    for (const reader of readers.get((ordered[next] as NodeDef).name) ?? []) {
      const left = (missing.get(reader) as number) - 1
      missing.set(reader, left)
      if (left === 0) ordered.push(reader)
    }
  }
  if (ordered.length === nodes.length) return ordered
  throw new FormatError({ where: `${file}, field node`, expected: 'a graph without circles', found: 'a circle' })
}

/** `split:1` is the second output of a node that is there: what is missing is an importer of its op. */
function missingOperand(node: NodeDef, input: string, nodes: readonly NodeDef[]): Error {
  const name = input.replace(/:\d+$/, '')
  const source = name === input ? undefined : nodes.find(other => other.name === name)
  const found = source ? `output ${input.slice(name.length + 1)} of ${source.op.slice(0, 80)}` : input.slice(0, 80)
  if (!source) return new FormatError({ where: node.where, expected: 'operands among the nodes', found })
  return new UnsupportedOpError({ where: source.where, expected: 'a supported op, of one output', found })
}

/** What nothing else takes. */
function outputsOf(nodes: readonly NodeDef[]): readonly NodeDef[] {
  const taken = new Set(nodes.flatMap(node => node.inputs))
  return nodes.filter(node => !taken.has(node.name) && node.op !== 'Const' && node.op !== 'Placeholder')
}

import { WeightsError } from '../errors.ts'
import { dtypeOf, elementCount, formatShape, type Shape, sameShape } from '../tensor.ts'
import { type Graph, type Node, type NodeId, nodeLabel, type Params } from './graph.ts'
import type { Op, OpKind, OpOf, ParamName } from './op.ts'

/** What a parameter is to its op. The statistics of batch norm are not trained, hence not counted by most conventions. */
export type ParamRole = 'weights' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance'

/** A parameter that a graph wants: its name in the map of parameters, the shape it must have there, and who reads it. */
export interface ParamSpec {
  readonly name: ParamName
  readonly role: ParamRole
  readonly shape: Shape
  /** The node that reads it. */
  readonly node: Node
}

type Entry = readonly [role: ParamRole, name: ParamName | null, shape: Shape]
type ParamRule<K extends OpKind> = (op: OpOf<K>, input: Shape) => readonly Entry[]

const none = (): readonly Entry[] => []
const channelsOf = (shape: Shape): number => shape.at(-1) as number

/** Which parameters an op reads, and their shapes given the shape of its first operand. */
const paramRules: { readonly [K in OpKind]: ParamRule<K> } = {
  input: none,
  normalize: none,
  conv2d: (op, input) => [
    ['weights', op.weights, [...op.kernel, channelsOf(input) / op.groups, op.filters]],
    ['bias', op.bias, [op.filters]],
  ],
  depthwiseConv2d: (op, input) => [
    ['weights', op.weights, [...op.kernel, channelsOf(input), op.multiplier]],
    ['bias', op.bias, [channelsOf(input) * op.multiplier]],
  ],
  dense: (op, input) => [
    ['weights', op.weights, [channelsOf(input), op.units]],
    ['bias', op.bias, [op.units]],
  ],
  batchNorm: (op, input) =>
    (['gamma', 'beta', 'mean', 'variance'] as const).map(role => [role, op[role], [channelsOf(input)]]),
  relu: none,
  relu6: none,
  clamp: none,
  add: none,
  mul: none,
  pad: none,
  averagePool: none,
  maxPool: none,
  globalAveragePool: none,
  reshape: none,
  softmax: none,
  sigmoid: none,
  concat: none,
  dropout: none,
}

/** The parameters one node reads, given the shape of its first operand. */
export function paramsOfNode(node: Node, input: Shape): readonly ParamSpec[] {
  const rule = paramRules[node.op.kind] as (op: Op, input: Shape) => readonly Entry[]
  return rule(node.op, input).flatMap(([role, name, shape]) => (name === null ? [] : [{ name, role, shape, node }]))
}

/** Every parameter a graph reads, in the order of its nodes; one that several nodes share stands once for each. */
export function paramSpecs(graph: Graph): readonly ParamSpec[] {
  const shapes = new Map<NodeId, Shape>()
  return graph.nodes.flatMap(node => {
    shapes.set(node.id, node.shape)
    return paramsOfNode(node, shapes.get(node.inputs[0] as NodeId) ?? [])
  })
}

/**
 * Throws unless `params` holds a float32 tensor of the right shape for every parameter the graph reads. Extra entries are
 * let through: one set of weights may serve a graph with and without its top.
 * @throws WeightsError naming the parameter and the node that reads it
 */
export function checkParams(graph: Graph, params: Params): void {
  for (const spec of paramSpecs(graph)) {
    const { name, shape } = spec
    const value = params.get(name)
    if (!value) fail(spec, `float32 ${formatShape(shape)}`, 'nothing by that name')
    if (value.dtype !== 'float32' || !sameShape(value.shape, shape) || dtypeOf(value.data) !== 'float32')
      fail(spec, `float32 ${formatShape(shape)}`, `${value.dtype} ${formatShape(value.shape)}`)
    // Backends compute addresses from the shape: a tensor built by hand must not claim more than it holds.
    if (value.data.length !== elementCount(shape)) fail(spec, `${elementCount(shape)} elements`, `${value.data.length}`)
  }
}

function fail({ name, node }: ParamSpec, expected: string, found: string): never {
  throw new WeightsError({ where: `parameter "${name}" of ${nodeLabel(node)}`, expected, found })
}

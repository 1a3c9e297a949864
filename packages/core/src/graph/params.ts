import { WeightsError } from '../errors.ts'
import type { ParamName, ParamRole } from '../ops/definition.ts'
import { paramEntries } from '../ops/table.ts'
import { checkQuantization, formatElements, sameElements } from '../quantization.ts'
import { type DType, dtypeOf, elementCount, formatShape, type Shape, sameShape } from '../tensor.ts'
import { type Graph, type Node, type NodeId, nodeLabel, type Params } from './graph.ts'

/** A parameter that a graph wants: its name in the map of parameters, the shape it must have there, and who reads it. */
export interface ParamSpec {
  readonly name: ParamName
  readonly role: ParamRole
  readonly shape: Shape
  /** The element types it may have. Those of weights of quantized products come with a quantization. */
  readonly dtypes: readonly DType[]
  /** The node that reads it. */
  readonly node: Node
}

/** The parameters one node reads, given the shape of its first operand. */
export function paramsOfNode(node: Node, input: Shape): readonly ParamSpec[] {
  return paramEntries(node.op, input).flatMap(([role, name, shape]) =>
    name === null ? [] : [{ name, role, shape, dtypes: dtypesOf(node, role), node }],
  )
}

/** A constant has the type of its parameter. Quantized products sum bytes and add the bias to the sums; everything else has float32 parameters. */
function dtypesOf({ quantization, dtype }: Node, role: ParamRole): readonly DType[] {
  if (role === 'value') return [dtype]
  if (!quantization) return ['float32']
  return role === 'bias' ? ['int32'] : ['int8', 'uint8']
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
 * Throws unless `params` holds a tensor of the right type for every parameter the graph reads. Extra entries are let through:
 * one set of weights may serve a graph with and without its top.
 * @throws WeightsError naming the parameter and the node that reads it; GraphError for a quantization that is none
 */
export function checkParams(graph: Graph, params: Params): void {
  for (const spec of paramSpecs(graph)) {
    const { name, role, shape, dtypes } = spec
    const value = params.get(name)
    const expected = `${dtypes.join(' or ')} ${formatShape(shape)}`
    if (!value) fail(spec, expected, 'nothing by that name')
    if (!dtypes.includes(value.dtype) || !sameShape(value.shape, shape) || dtypeOf(value.data) !== value.dtype)
      fail(spec, expected, `${value.dtype} ${formatShape(value.shape)}`)
    // Backends compute addresses from the shape: a tensor built by hand must not claim more than it holds.
    if (value.data.length !== elementCount(shape)) fail(spec, `${elementCount(shape)} elements`, `${value.data.length}`)
    if (value.dtype === 'float32') continue
    checkQuantization(value, whereOf(spec))
    if (role === 'weights' && !value.quantization) fail(spec, `${expected} with a quantization`, 'one without')
    if (role === 'value' && !sameElements(value, spec.node)) {
      fail(spec, `${formatElements(spec.node)}, as its node`, formatElements(value))
    }
  }
}

const whereOf = ({ name, node }: ParamSpec): string => `parameter "${name}" of ${nodeLabel(node)}`

function fail(spec: ParamSpec, expected: string, found: string): never {
  throw new WeightsError({ where: whereOf(spec), expected, found })
}

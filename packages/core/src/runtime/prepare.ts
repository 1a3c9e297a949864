import { GraphError, ShapeError } from '../errors.ts'
import { type Graph, type Network, type NodeId, nodeIndex, type Params } from '../graph/graph.ts'
import { checkParams } from '../graph/params.ts'
import { rebatch, withOutputs } from '../graph/rewrite.ts'
import { verify } from '../graph/verify.ts'
import { dtypeOf, elementCount, formatShape, type Shape, sameShape, type Tensor, type TypedArray } from '../tensor.ts'
import type { CompileOptions, Inputs } from './backend.ts'

/**
 * What every backend does first: verify the graph, set the batch, turn exposed nodes into outputs, check the parameters.
 * @throws GraphError, ShapeError or WeightsError naming the node
 */
export function prepare(graph: Graph, params: Params, options: CompileOptions = {}): Network {
  const { batch, expose = 'outputs', signal } = options
  signal?.throwIfAborted()
  verify(graph)
  const batched = batch === undefined ? graph : rebatch(graph, batch)
  const exposed = expose === 'outputs' ? [] : expose === 'all' ? batched.nodes.map(node => node.id) : expose
  checkParams(batched, params)
  return { graph: withOutputs(batched, exposed), params }
}

/**
 * The inputs of one run, checked and by node id. Bytes that stand for reals do so as their node says.
 * @throws GraphError for a missing or unknown name, ShapeError for a shape or length that does not fit
 */
export function bindInputs(graph: Graph, inputs: Inputs): ReadonlyMap<NodeId, Tensor> {
  if (typeof inputs !== 'object' || inputs === null) {
    throw new GraphError({ where: 'inputs', expected: 'an object of tensors by name', found: describe(inputs) })
  }
  const nodes = nodeIndex(graph)
  const expected = graph.inputs.map(id => nodes.get(id)).filter(node => node !== undefined)
  const names = expected.map(node => node.name)
  const known = new Set(names)
  const unknown = Object.keys(inputs).find(name => !known.has(name))
  if (unknown !== undefined) {
    throw new GraphError({
      where: `input "${unknown}"`,
      expected: `one of ${names.map(name => `"${name}"`).join(', ')}`,
      found: 'an unknown name',
    })
  }
  return new Map(
    expected.map(({ id, name, shape, dtype, quantization }) => {
      const { data, claimed } = unwrap(Object.hasOwn(inputs, name) ? inputs[name] : undefined)
      const where = `input "${name}"`
      if (dtypeOf(data) !== dtype) {
        throw new GraphError({ where, expected: `${dtype} data`, found: dtypeOf(data) ?? describe(data) })
      }
      const { length } = data as TypedArray
      if ((claimed && !sameShape(claimed, shape)) || length !== elementCount(shape)) {
        const found = claimed ? `${formatShape(claimed)} (${length} elements)` : `${length} elements`
        throw new ShapeError({ where, expected: `${formatShape(shape)} (${elementCount(shape)} elements)`, found })
      }
      return [id, { dtype, shape, data, ...(quantization && { quantization }) } as Tensor]
    }),
  )
}

/** The data of an input and the shape it claims, if it does; whatever a caller without types hands in comes through. */
function unwrap(given: unknown): { readonly data: unknown; readonly claimed: Shape | null } {
  if (typeof given !== 'object' || given === null || !('data' in given)) return { data: given, claimed: null }
  const { data, shape } = given as { readonly data: unknown; readonly shape?: unknown }
  return { data, claimed: Array.isArray(shape) ? shape : null }
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  const name = value.constructor?.name
  return name ? `a value of class ${name}` : `a ${typeof value}`
}

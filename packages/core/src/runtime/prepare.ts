import { GraphError, ShapeError } from '../errors.ts'
import { type Graph, type Network, type NodeId, nodeIndex, type Params } from '../graph/graph.ts'
import { checkParams } from '../graph/params.ts'
import { rebatch, withOutputs } from '../graph/rewrite.ts'
import { verify } from '../graph/verify.ts'
import { dtypeOf, elementCount, formatShape, sameShape, type Tensor } from '../tensor.ts'
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
 * The inputs of one run, checked and by node id.
 * @throws GraphError for a missing or unknown name, ShapeError for a shape or length that does not fit
 */
export function bindInputs(graph: Graph, inputs: Inputs): ReadonlyMap<NodeId, Tensor> {
  const nodes = nodeIndex(graph)
  const expected = graph.inputs.map(id => nodes.get(id)).filter(node => node !== undefined)
  const names = expected.map(node => node.name)
  const unknown = Object.keys(inputs).find(name => !names.includes(name))
  if (unknown !== undefined) {
    throw new GraphError({
      where: `input "${unknown}"`,
      expected: `one of ${names.map(name => `"${name}"`).join(', ')}`,
      found: 'an unknown name',
    })
  }
  return new Map(
    expected.map(({ id, name, shape, dtype }) => {
      const given = inputs[name]
      const where = `input "${name}"`
      const data = given && 'data' in given ? given.data : given
      if (dtypeOf(data) !== dtype || data === undefined) {
        throw new GraphError({ where, expected: `${dtype} data`, found: dtypeOf(data) ?? describe(given) })
      }
      const fits = given && 'shape' in given ? sameShape(given.shape, shape) : data.length === elementCount(shape)
      if (!fits || data.length !== elementCount(shape)) {
        const found =
          given && 'shape' in given
            ? `${formatShape(given.shape)} (${data.length} elements)`
            : `${data.length} elements`
        throw new ShapeError({ where, expected: `${formatShape(shape)} (${elementCount(shape)} elements)`, found })
      }
      return [id, { dtype, shape, data } as Tensor]
    }),
  )
}

function describe(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : `a ${typeof value}`
}

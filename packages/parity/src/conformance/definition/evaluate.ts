import type { Inputs, Network, NodeId, Tensor } from '@depthwise/core'
import { bindInputs, type ParamName, type RealKind } from '@depthwise/core/backend'
import * as elementwise from './elementwise.ts'
import * as resizing from './resizing.ts'
import * as shaping from './shaping.ts'
import { type Allowance, type Definition, kept, type Step, type Value } from './value.ts'
import * as windows from './windows.ts'

/**
 * What every op is, said once more and in the plainest way: the kit's own measure, which shares nothing with any backend. A
 * new op without its row does not compile.
 */
const definitions: { readonly [K in RealKind]: Definition<K> } = {
  affine: elementwise.affine,
  conv2d: windows.conv2d,
  depthwiseConv2d: windows.depthwiseConv2d,
  dense: windows.dense,
  batchNorm: elementwise.batchNorm,
  ...elementwise.activationDefinitions,
  binary: elementwise.binary,
  pad: shaping.pad,
  averagePool: windows.averagePool,
  maxPool: windows.maxPool,
  globalAveragePool: windows.globalAveragePool,
  reshape: elementwise.same,
  softmax: elementwise.softmax,
  sigmoid: elementwise.sigmoid,
  concat: shaping.concat,
  dropout: elementwise.same,
  unary: elementwise.unary,
  constant: shaping.constant,
  resize: resizing.resize,
  depthToSpace: shaping.depthToSpace,
}

/** Every value of a network for given inputs, by id. */
export function evaluate({ graph, params }: Network, inputs: Inputs, allow: Allowance): ReadonlyMap<NodeId, Value> {
  const bound = bindInputs(graph, inputs)
  const param = (name: ParamName): Float32Array => params.get(name)?.data as Float32Array
  const values = new Map<NodeId, Value>()
  for (const { id, op, inputs: operandIds, shape } of graph.nodes) {
    if (op.kind === 'input') {
      values.set(id, given(bound.get(id) as Tensor))
      continue
    }
    const operands = operandIds.map(operand => values.get(operand) as Value)
    const define = definitions[op.kind as RealKind] as (op: unknown, step: Step) => Value
    values.set(id, kept(define(op, { id, operands, input: operands[0] as Value, shape, allow, param }), allow))
  }
  return values
}

function given({ shape, data }: Tensor): Value {
  return { shape, data: Float32Array.from(data), error: new Float64Array(data.length) }
}

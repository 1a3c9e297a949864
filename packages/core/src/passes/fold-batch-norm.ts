import { WeightsError } from '../errors.ts'
import { type Network, type Node, nodeLabel } from '../graph/graph.ts'
import type { BatchNormOp } from '../ops/batch-norm.ts'
import type { ParamName } from '../ops/definition.ts'
import { type Tensor, tensor } from '../tensor.ts'
import { fuseIntoReader, isProduct, type Product } from './fuse.ts'
import { ScaledTensor } from './scaled-tensor.ts'

/**
 * Folds a batch norm into the product before it: `w' = w * s`, `b' = (b - mean) * s + beta` with
 * `s = gamma / sqrt(variance + epsilon)`, per output channel, in float64. The V1 and V2 papers count networks in this form.
 */
export function foldBatchNorm({ graph, params }: Network): Network {
  const folded = new Map(params)
  const fused = fuseIntoReader(graph, (producer, reader) => {
    if (!isProduct(producer.op) || reader.op.kind !== 'batchNorm' || producer.op.activation || producer.op.residual)
      return null
    const op = foldInto(producer.op, reader, reader.op, folded)
    return { op, inputs: producer.inputs }
  })
  return { graph: fused, params: folded }
}

function foldInto(op: Product, node: Node, norm: BatchNormOp, folded: Map<ParamName, Tensor>): Product {
  const read = (name: ParamName): Tensor => folded.get(name) ?? missing(node, name)
  const weights = read(op.weights)
  const channels = node.shape.at(-1) as number
  const each = (name: ParamName | null, neutral: number): Tensor['data'] =>
    name === null ? new Float32Array(channels).fill(neutral) : read(name).data
  const factors = new Float64Array(channels)
  scales(each(norm.gamma, 1), read(norm.variance).data, norm.epsilon, factors)
  const bias = new Float32Array(channels)
  offsets(each(op.bias, 0), read(norm.mean).data, each(norm.beta, 0), factors, bias)
  // The innermost axes of every weight layout enumerate output channels: HWIO, [kh, kw, channels, multiplier], [in, units].
  const names = { weights: `${op.weights}@${node.name}`, bias: `${op.bias ?? `${op.weights}:bias`}@${node.name}` }
  folded.set(names.weights, new ScaledTensor(weights, factors))
  folded.set(names.bias, tensor([channels], bias))
  return { ...op, ...names }
}

// Small loops of their own: engines compile them within the first layers, and numbers are boxed in memory until then.

function scales(gamma: Tensor['data'], variance: Tensor['data'], epsilon: number, into: Float64Array): void {
  for (let c = 0; c < into.length; c++) into[c] = gamma[c]! / Math.sqrt(variance[c]! + epsilon)
}

function offsets(
  bias: Tensor['data'],
  mean: Tensor['data'],
  beta: Tensor['data'],
  scale: Float64Array,
  into: Float32Array,
): void {
  for (let c = 0; c < into.length; c++) into[c] = (bias[c]! - mean[c]!) * scale[c]! + beta[c]!
}

function missing(node: Node, name: ParamName): never {
  throw new WeightsError({
    where: `parameter "${name}" of ${nodeLabel(node)}`,
    expected: 'a tensor',
    found: 'nothing by that name',
  })
}

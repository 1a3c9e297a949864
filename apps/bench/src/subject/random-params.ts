import { type Graph, type Node, type Params, type Tensor, tensor } from '@depthwise/core'
import { elementCount, isActivation, nodeIndex, type ParamSpec, paramSpecs } from '@depthwise/core/backend'
import { gaussians } from './random.ts'

/** What hands its operand on without changing how its values spread. */
const transparent = new Set(['pad', 'reshape', 'dropout', 'averagePool', 'globalAveragePool'])

/**
 * Weights as He initialisation draws them (He et al. 2015, equation 10): the variance is `2 / fan-in` behind an activation,
 * which loses half of the power, and `1 / fan-in` elsewhere. With the mild statistics of batch norm given here sums keep
 * their size from the first layer to the last, so that no runtime meets denormals, infinities or dead layers.
 */
export function randomParams(graph: Graph, seed: number): Params {
  const next = gaussians(seed)
  const params = new Map<string, Tensor>()
  const nodes = nodeIndex(graph)
  for (const spec of paramSpecs(graph)) {
    if (params.has(spec.name)) continue
    const [centre, deviation] = distributionOf(spec, nodes)
    const data = new Float32Array(elementCount(spec.shape))
    for (let i = 0; i < data.length; i += 1) data[i] = centre + deviation * next()
    params.set(spec.name, tensor(spec.shape, data))
  }
  return params
}

/** Mean and standard deviation of one parameter's values. Variances stay positive: three deviations are clipped off. */
function distributionOf(spec: ParamSpec, nodes: ReadonlyMap<number, Node>): readonly [number, number] {
  switch (spec.role) {
    case 'weights': {
      const gain = isActivated(spec.node, nodes) ? 2 : 1
      return [0, Math.sqrt(gain / fanIn(spec))]
    }
    case 'gamma':
    case 'variance':
      return [1, 0.05]
    case 'bias':
    case 'beta':
    case 'mean':
    case 'value':
      return [0, 0.1]
  }
}

/** Products summed into one output: the kernel's area, and but for depthwise the channels it reads. */
function fanIn({ shape, node }: ParamSpec): number {
  return elementCount(shape.slice(0, node.op.kind === 'depthwiseConv2d' ? 2 : -1))
}

/** Whether what a node reads has passed an activation; also asks through batch norm's and padding's own operands. */
function isActivated(node: Node, nodes: ReadonlyMap<number, Node>): boolean {
  let operand = nodes.get(node.inputs[0] as number)
  while (operand && transparent.has(operand.op.kind)) operand = nodes.get(operand.inputs[0] as number)
  if (!operand) return false
  const fused = 'activation' in operand.op && operand.op.activation !== null
  return fused || isActivation(operand.op)
}

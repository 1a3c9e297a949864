import { GraphBuilder, type Node, type Op, type Tensor, tensor } from '@depthwise/core'
import { type OpOf, type Padding, paramsOfNode, type Size2 } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'

/** Runs one op on the reference backend; `params` holds the data of its parameters, by the names the op gives them. */
export async function runOp(
  op: Op,
  operands: readonly Tensor[],
  params: Readonly<Record<string, readonly number[]>> = {},
): Promise<Tensor<'float32'>> {
  const builder = new GraphBuilder()
  const inputs = operands.map(({ shape, dtype }, index) => builder.input(shape, { name: `input${index}`, dtype }))
  const graph = builder.build([builder.op(op, inputs, { name: 'result' })])
  const specs = paramsOfNode(graph.nodes.at(-1) as Node, operands[0]?.shape ?? [])
  const tensors = new Map(specs.map(({ name, shape }) => [name, tensor(shape, params[name] ?? [])]))
  await using executable = await reference().compile(graph, tensors)
  const outputs = await executable.run(Object.fromEntries(operands.map((operand, i) => [`input${i}`, operand])))
  return outputs['result'] as Tensor<'float32'>
}

export const noPadding: Padding = { top: 0, bottom: 0, left: 0, right: 0 }
const window = { kernel: [1, 1] as Size2, strides: [1, 1] as Size2, padding: noPadding }
const epilogue = { weights: 'weights', bias: null, activation: null, residual: false }

/** A pointwise convolution, or what the given attributes make of it. */
export function conv2d(attributes: Partial<OpOf<'conv2d'>> & { readonly filters: number }): OpOf<'conv2d'> {
  return { kind: 'conv2d', ...window, dilations: [1, 1], groups: 1, ...epilogue, ...attributes }
}

export function depthwiseConv2d(attributes: Partial<OpOf<'depthwiseConv2d'>>): OpOf<'depthwiseConv2d'> {
  return { kind: 'depthwiseConv2d', ...window, dilations: [1, 1], multiplier: 1, ...epilogue, ...attributes }
}

export function dense(attributes: Partial<OpOf<'dense'>> & { readonly units: number }): OpOf<'dense'> {
  return { kind: 'dense', ...epilogue, ...attributes }
}

/** The numbers of a tensor as a plain list. */
export function numbers({ data }: Tensor): number[] {
  return [...data]
}

import type { ElementType, Graph, Model, Node, Tail } from '@depthwise/core'
import { formatShape, nodeIndex, perIndex, storedRange, type TailOp } from '@depthwise/core/backend'
import { giveReals } from '../inference/real-ends.ts'
import { rangeOf } from '../inference/value-range.ts'

/** One output of a network, or of what its file computes behind it, as far as its model says it. */
export interface HeadOutput {
  readonly name: string
  /** Empty where it is only known once something was found. */
  readonly shape: readonly number[]
  /** Whether it holds indices: integers that stand for no reals. */
  readonly isInteger: boolean
  /** Whether its values are probabilities by the way they come about: a sigmoid, a softmax, a clamp, a scale. */
  readonly isProbability: boolean
  /** Of indices of the largest of several values, how many there are. */
  readonly choices?: number | undefined
  /** Which result of an operator of its tail it is. */
  readonly result?: { readonly op: TailOp; readonly place: number } | undefined
}

/** The graph whose outputs are read: reals in the place of quantized ones, unless a tail reads them as the file has them. */
export const headGraph = ({ graph, tail }: Model): Graph => (tail ? graph : giveReals(graph))

/** The outputs of a model, in its order. */
export function outputsOf(model: Model): readonly HeadOutput[] {
  if (model.tail) return tailOutputs(model.tail)
  const graph = headGraph(model)
  const nodes = nodeIndex(graph)
  return graph.outputs.map(id => {
    const node = nodes.get(id) as Node
    return {
      name: node.name,
      shape: node.shape,
      isInteger: isIndex(node),
      isProbability: isWithin(rangeOf(graph, node)),
      choices: choicesOf(graph, node),
    }
  })
}

function tailOutputs({ inputs, constants, steps, outputs }: Tail): readonly HeadOutput[] {
  type Value = ElementType & Pick<HeadOutput, 'shape' | 'choices' | 'result'>
  const values: Value[] = [...inputs, ...constants.map(({ dtype, shape }) => ({ dtype, shape }))]
  for (const { op, operands, results } of steps) {
    const choices = op.kind === 'argMax' ? values[operands[0] as number]?.shape[op.axis] : undefined
    for (const [place, { shape, dtype, quantization }] of results.entries()) {
      values.push({ dtype, shape, choices, result: { op, place }, ...(quantization && { quantization }) })
    }
  }
  return outputs.map(({ name, value }) => {
    const { shape, choices, result, ...type } = values[value] as Value
    return { name, shape, isInteger: isIndex(type), isProbability: isWithin(reach(type)), choices, result }
  })
}

const isIndex = ({ dtype, quantization }: ElementType): boolean => dtype !== 'float32' && !quantization

/** How many classes a map of indices is the best of: the channels of what it was taken of. */
function choicesOf(graph: Graph, node: Node): number | undefined {
  const producer = node.op.kind === 'reshape' ? graph.nodes.find(({ id }) => id === node.inputs[0]) : node
  const operand = graph.nodes.find(({ id }) => id === producer?.inputs[0])
  return operand?.shape.length === 4 ? operand.shape[3] : undefined
}

/** The reals that a quantized value can hold. */
function reach({ dtype, quantization }: ElementType): { readonly min: number; readonly max: number } {
  const range = quantization && storedRange(dtype)
  if (!range) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }
  const { scales, zeroPoints } = perIndex(quantization)
  const [min, max] = range.map(stored => (stored - zeroPoints[0]!) * scales[0]!) as [number, number]
  return { min, max }
}

/** What float32 may leave outside of 0 and 1 of a value that is a probability. */
const slack = 1e-6

const isWithin = ({ min, max }: { readonly min: number; readonly max: number }): boolean =>
  min >= -slack && max <= 1 + slack

/** The outputs in words, for errors: `regressors 1x896x16, classificators 1x896x1`. */
export function outputsInWords(model: Model): string {
  const all = outputsOf(model).map(({ name, shape, result }) => {
    const found = result && shape.length === 0 ? `of ${result.op.kind}` : formatShape(shape)
    return `${name} ${found}`
  })
  const more = all.length > 6 ? `, and ${all.length - 6} more` : ''
  return all.slice(0, 6).join(', ') + more
}

/** `1 / (1 + exp(-x))`; beyond 100 on either side it does not change in float32. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-Math.max(-100, Math.min(100, x))))

import { type Network, type Node, nodeIndex, type Params } from '../graph/graph.ts'
import type { BinaryOperator } from '../ops/binary.ts'
import { clampTo } from '../ops/clamp.ts'
import type { Op } from '../ops/table.ts'
import { type Shape, sameShape, type Tensor } from '../tensor.ts'

/** `x * scale + offset`, of what an operator does with a constant; null where it does something else. */
type Factors = (constant: number, isLeft: boolean) => readonly [scale: number, offset: number] | null

const factors: { readonly [O in BinaryOperator]: Factors | null } = {
  add: constant => [1, constant],
  sub: (constant, isLeft) => (isLeft ? [-1, constant] : [1, -constant]),
  mul: constant => [constant, 0],
  div: (constant, isLeft) => (isLeft ? null : [1 / constant, 0]),
  max: null,
  min: null,
}

/**
 * Turns arithmetic of reals with a constant of one number, or of one for each channel, into the `affine` or `clamp` that it is:
 * these read one value, and products take a clamp into their store.
 */
export function foldConstants({ graph, params }: Network): Network {
  const nodes = nodeIndex(graph)
  const folded = graph.nodes.map((node): Node => {
    const { op, inputs } = node
    if (op.kind !== 'binary' || node.quantization) return node
    const operands = inputs.map(id => nodes.get(id) as Node)
    const at = operands.findIndex(operand => operand.op.kind === 'constant')
    const [constant, value] = [operands[at], operands[1 - at]]
    if (!constant || !value || !sameShape(value.shape, node.shape)) return node
    const numbers = numbersOf(constant, params)
    const merged = numbers && opOf(op.operator, numbers, at === 0, node.shape)
    return merged ? { ...node, op: merged, inputs: [value.id] } : node
  })
  return { graph: { ...graph, nodes: folded }, params }
}

/** The numbers of a constant that has one, or one for each channel; null of any other. */
function numbersOf({ op, shape }: Node, params: Params): ArrayLike<number> | null {
  if (op.kind !== 'constant') return null
  const { data } = params.get(op.value) as Tensor
  return data.length === 1 || data.length === shape.at(-1) ? data : null
}

/** The op of a value of this shape that a constant makes of an operator; null where there is none. */
function opOf(operator: BinaryOperator, numbers: ArrayLike<number>, isLeft: boolean, shape: Shape): Op | null {
  const number = numbers[0] as number
  if (operator === 'max' || operator === 'min') {
    if (numbers.length > 1 || Number.isNaN(number)) return null
    return clampTo(operator === 'max' ? { min: number, max: Infinity } : { min: -Infinity, max: number })
  }
  const pairs = Array.from({ length: shape.at(-1) as number }, (_, c) =>
    factors[operator]?.(numbers[numbers.length === 1 ? 0 : c] as number, isLeft),
  )
  const finite = pairs.filter(pair => pair?.every(Number.isFinite)) as (readonly [number, number])[]
  if (finite.length < pairs.length) return null
  return { kind: 'affine', scale: finite.map(([scale]) => scale), offset: finite.map(([, offset]) => offset) }
}

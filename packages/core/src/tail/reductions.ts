import { elementCount, type Tensor } from '../tensor.ts'
import { eachPlace, stridesOf, type TailKernel } from './step.ts'
import type { TailReduceOperator } from './tail.ts'

/** The index of the largest of the elements along an axis, each times `sign`; of equals the first. */
function arg(axis: number, operand: Tensor, output: Tensor, sign: 1 | -1): void {
  const { shape, data } = operand
  const extent = shape[axis] as number
  const inner = elementCount(shape.slice(axis + 1))
  for (let at = 0; at < output.data.length; at++) {
    const start = Math.floor(at / inner) * extent * inner + (at % inner)
    let [best, largest] = [0, sign * data[start]!]
    for (let place = 1; place < extent; place++) {
      const value = sign * data[start + place * inner]!
      if (value > largest) [best, largest] = [place, value]
    }
    output.data[at] = best
  }
}

export const argMax: TailKernel<'argMax'> = ({ axis }, { operands, results }) =>
  arg(axis, operands[0] as Tensor, results[0] as Tensor, 1)

export const argMin: TailKernel<'argMin'> = ({ axis }, { operands, results }) =>
  arg(axis, operands[0] as Tensor, results[0] as Tensor, -1)

const combine: { readonly [O in TailReduceOperator]: (a: number, b: number) => number } = {
  max: Math.max,
  mean: (a, b) => a + b,
  min: Math.min,
  sum: (a, b) => a + b,
}

export const reduce: TailKernel<'reduce'> = ({ operator, axes }, { operands, results }) => {
  const [operand] = operands as readonly [Tensor]
  const [output] = results as readonly [Tensor]
  const { shape, data } = operand
  const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
  const own = stridesOf(kept)
  const isSet = new Uint8Array(output.data.length)
  const strides = own.map((stride, axis) => (axes.includes(axis) ? 0 : stride))
  eachPlace(shape, strides, (place, at) => {
    output.data[place] = isSet[place] ? combine[operator](output.data[place]!, data[at]!) : data[at]!
    isSet[place] = 1
  })
  if (operator !== 'mean') return
  const count = data.length / output.data.length
  for (let i = 0; i < output.data.length; i++) output.data[i] = output.data[i]! / count
}

export const topK: TailKernel<'topK'> = ({ count }, { operands, results }) => {
  const [operand] = operands as readonly [Tensor]
  const [values, places] = results as readonly [Tensor, Tensor]
  const extent = operand.shape.at(-1) as number
  for (let row = 0; row * count < values.data.length; row++) {
    const element = (at: number): number => operand.data[row * extent + at]!
    const order = Array.from({ length: extent }, (_, at) => at).sort((a, b) => falling(element(a), element(b)))
    for (let k = 0; k < count; k++) {
      values.data[row * count + k] = element(order[k] as number)
      places.data[row * count + k] = order[k] as number
    }
  }
}

/** Compares numbers for a falling order, in which what is none comes last. */
export function falling(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1
  if (Number.isNaN(b)) return -1
  return b === a ? 0 : b > a ? 1 : -1
}

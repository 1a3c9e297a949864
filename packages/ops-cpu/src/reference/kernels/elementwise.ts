import { type Shape, sameShape, type Tensor } from '@depthwise/core'
import type { Call, Kernel } from '../kernel.ts'

// Math.min and Math.max return NaN when either argument is: NaN passes through every clamp, as IEEE 754's minimum and maximum do.
export const relu: Kernel<'relu'> = (_op, call) => map(call, x => Math.max(x, 0))
export const relu6: Kernel<'relu6'> = (_op, call) => map(call, x => Math.min(Math.max(x, 0), 6))
export const clamp: Kernel<'clamp'> = ({ min, max }, call) => map(call, x => Math.min(Math.max(x, min), max))
export const sigmoid: Kernel<'sigmoid'> = (_op, call) => map(call, x => 1 / (1 + Math.exp(-x)))
export const add: Kernel<'add'> = (_op, call) => combine(call, (a, b) => a + b)
export const mul: Kernel<'mul'> = (_op, call) => combine(call, (a, b) => a * b)

function map({ input, output }: Call, f: (x: number) => number): void {
  for (let i = 0; i < input.data.length; i++) output.data[i] = f(input.data[i]!)
}

function combine({ operands, output }: Call, f: (a: number, b: number) => number): void {
  const [a, b] = operands as readonly [Tensor, Tensor]
  const indexA = stretched(a.shape, output.shape)
  const indexB = stretched(b.shape, output.shape)
  for (let i = 0; i < output.data.length; i++) output.data[i] = f(a.data[indexA(i)]!, b.data[indexB(i)]!)
}

/** Which element of an operand belongs to element `i` of the result, when extents of 1 stretch to the result's. */
function stretched(operand: Shape, result: Shape): (i: number) => number {
  if (sameShape(operand, result)) return i => i
  return i => {
    let index = 0
    let stride = 1
    let rest = i
    for (let axis = result.length - 1; axis >= 0; axis--) {
      const extent = result[axis] as number
      if (operand[axis] !== 1) index += (rest % extent) * stride
      stride *= operand[axis] as number
      rest = Math.floor(rest / extent)
    }
    return index
  }
}

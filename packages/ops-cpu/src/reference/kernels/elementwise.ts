import type { Shape, Tensor } from '@depthwise/core'
import {
  type Activation,
  type BinaryOperator,
  eachActivation,
  type OpOf,
  sameShape,
  type UnaryOperator,
} from '@depthwise/core/backend'
import type { Call, Kernel } from '../kernel.ts'

// Math.min and Math.max return NaN when either argument is: NaN passes through every clamp, as IEEE 754's minimum and maximum do.
type Apply<A extends Activation> = (op: A) => (x: number) => number

const activations: { readonly [K in Activation['kind']]: Apply<OpOf<K>> } = {
  clamp:
    ({ min, max }) =>
    x =>
      Math.min(Math.max(x, min), max),
  hardSwish: () => x => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
}

/** The function that an activation applies to each element, by itself or in the store of a product. */
export function activation(op: Activation): (x: number) => number {
  return (activations[op.kind] as Apply<Activation>)(op)
}

/** The kernels of activations that stand by themselves. */
export const activationKernels: { readonly [K in Activation['kind']]: Kernel<K> } = eachActivation(
  (op: Activation, call: Call) => map(call, activation(op)),
)
export const sigmoid: Kernel<'sigmoid'> = (_op, call) => map(call, x => 1 / (1 + Math.exp(-x)))

const functions: { readonly [O in UnaryOperator]: (x: number) => number } = {
  exp: Math.exp,
  sqrt: Math.sqrt,
}

export const unary: Kernel<'unary'> = ({ operator }, call) => map(call, functions[operator])

const operators: { readonly [O in BinaryOperator]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
}

export const binary: Kernel<'binary'> = ({ operator }, call) => combine(call, operators[operator])

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
export function stretched(operand: Shape, result: Shape): (i: number) => number {
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

import type { Shape } from '@depthwise/core'
import {
  type Activation,
  type BinaryOperator,
  eachActivation,
  elementCount,
  type OpOf,
  type UnaryOperator,
} from '@depthwise/core/backend'
import { coordinates } from '../../compare/difference.ts'
import { channelsOf, type Definition, emptySums, type Step, stored, storedSums, type Value } from './value.ts'

type Activate<A extends Activation> = (op: A, value: Value, allow: Step['allow']) => Value

const activations: { readonly [K in Activation['kind']]: Activate<OpOf<K>> } = {
  /** `min` and `max` let NaN through, as IEEE 754's minimum and maximum do. */
  clamp: ({ min, max }, { shape, data, error }) =>
    stored(
      shape,
      Float64Array.from(data, x => Math.min(Math.max(x, min), max)),
      error.slice(),
    ),
  /** Its slope is at most 1.5; a gate near 0 is as wrong as the sum it is made of. */
  hardSwish({ kind: _ }, { shape, data, error }, { functions, floor }) {
    const value = Float64Array.from(data, x => x * Math.min(Math.max(x / 6 + 0.5, 0), 1))
    const off = error.map((e, i) => 1.5 * e + functions * Math.abs(data[i]!) * (Math.abs(data[i]!) + 1) + floor)
    return stored(shape, value, off)
  },
}

/** A value after an activation, be it an op of its own or what a product ends in. */
export function activated(op: Activation, value: Value, allow: Step['allow']): Value {
  return (activations[op.kind] as Activate<Activation>)(op, value, allow)
}

/** Activations that stand by themselves. */
export const activationDefinitions: { readonly [K in Activation['kind']]: Definition<K> } = eachActivation(
  (op: Activation, { input, shape, allow }: Step) => activated(op, { ...input, shape }, allow),
)

/** `reshape` and `dropout`: row-major data keeps its order under any shape. */
export const same = (_op: unknown, { input, shape }: Step): Value => ({ ...input, shape })

/** Per channel `x * scale + offset`, with the absolute terms of both. */
function scaled({ input, shape, allow }: Step, scale: (c: number) => number, offset: (c: number) => number): Value {
  const sums = emptySums(shape)
  const channels = channelsOf(input)
  for (let i = 0; i < input.data.length; i++) {
    const [by, add] = [scale(i % channels), offset(i % channels)]
    const product = input.data[i]! * by
    sums.value[i] = product + add
    sums.terms[i] = Math.abs(product) + Math.abs(add)
    sums.error[i] = input.error[i]! * Math.abs(by)
  }
  return storedSums(shape, sums, allow)
}

export const affine: Definition<'affine'> = ({ scale, offset }, step) =>
  scaled(
    step,
    c => scale[c] as number,
    c => offset[c] as number,
  )

/**
 * `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, which backends fold into `x * scale + offset`: the terms of the
 * offset count one by one.
 */
export const batchNorm: Definition<'batchNorm'> = (op, step) => {
  const { input, shape, allow, param } = step
  const [mean, variance] = [param(op.mean), param(op.variance)]
  const gamma = op.gamma === null ? null : param(op.gamma)
  const beta = op.beta === null ? null : param(op.beta)
  const sums = emptySums(shape)
  for (let i = 0; i < input.data.length; i++) {
    const c = i % mean.length
    const by = (gamma ? gamma[c]! : 1) / Math.sqrt(variance[c]! + op.epsilon)
    const add = beta ? beta[c]! : 0
    sums.value[i] = (input.data[i]! - mean[c]!) * by + add
    sums.terms[i] = (Math.abs(input.data[i]!) + Math.abs(mean[c]!)) * Math.abs(by) + Math.abs(add)
    sums.error[i] = input.error[i]! * Math.abs(by)
  }
  return storedSums(shape, sums, allow)
}

/** The exponential of `-x` is as wrong, in proportion, as `x` is long. */
export const sigmoid: Definition<'sigmoid'> = (_op, { input, shape, allow }) => {
  const value = Float64Array.from(input.data, x => 1 / (1 + Math.exp(-x)))
  const error = input.error.map((e, i) => {
    const y = value[i]!
    return e / 4 + allow.functions * (1 + Math.min(Math.abs(input.data[i]!), 100)) * y + allow.floor
  })
  return stored(shape, value, error)
}

/** `exp(x - max) / sum` over the last axis; float32 sums of many terms lose up to half a step of 2^-23 with each. */
export const softmax: Definition<'softmax'> = (_op, { input, shape, allow }) => {
  const classes = channelsOf(input)
  const { value, error } = emptySums(shape)
  const summing = Math.min(allow.sums, classes * 2 ** -24)
  for (let row = 0; row < value.length; row += classes) {
    const own = input.data.subarray(row, row + classes)
    const largest = own.reduce((most, x) => Math.max(most, x), -Infinity)
    const off = input.error.subarray(row, row + classes).reduce((most, e) => Math.max(most, e), 0)
    const exponentials = Array.from(own, x => Math.exp(x - largest))
    const sum = exponentials.reduce((total, each) => total + each, 0)
    exponentials.forEach((each, c) => {
      value[row + c] = each / sum
      const reach = 2 + Math.min(Math.abs(own[c]! - largest), 100)
      error[row + c] = (each / sum) * (2 * off + allow.functions * reach + summing) + allow.floor
    })
  }
  return stored(shape, value, error)
}

/** Which element of an operand belongs to element `i` of the result: an extent of 1 stretches. */
function stretched(operand: Shape, result: Shape): (i: number) => number {
  return i =>
    coordinates(i, result).reduce((index, at, axis) => index * operand[axis]! + (operand[axis] === 1 ? 0 : at), 0)
}

function combined({ operands, shape }: Step, combine: (a: Pair, b: Pair) => Pair): Value {
  const [a, b] = operands as readonly [Value, Value]
  const [indexA, indexB] = [stretched(a.shape, shape), stretched(b.shape, shape)]
  const { value, error } = emptySums(shape)
  for (let i = 0; i < elementCount(shape); i++) {
    const [j, k] = [indexA(i), indexB(i)]
    const result = combine([a.data[j]!, a.error[j]!], [b.data[k]!, b.error[k]!])
    value[i] = result[0]
    error[i] = result[1]
  }
  return stored(shape, value, error)
}

type Pair = readonly [number: number, error: number]

type Combine = (a: Pair, b: Pair, allow: Step['allow']) => Pair

/** A sum may become part of the product in front of it, hence is rounded as one. */
const sum: Combine = ([x, e], [y, f], allow) => [x + y, e + f + allow.sums * (Math.abs(x) + Math.abs(y)) + allow.floor]

/** The larger of two errors bounds that of an extremum, whichever operand it is. */
const extremum =
  (choose: (x: number, y: number) => number): Combine =>
  ([x, e], [y, f]) => [choose(x, y), Math.max(e, f)]

const combine: { readonly [O in BinaryOperator]: Combine } = {
  add: sum,
  sub: (a, [y, f], allow) => sum(a, [-y, f], allow),
  mul([x, e], [y, f], allow) {
    const carried = Math.abs(x) * f + Math.abs(y) * e + e * f
    return [x * y, carried + allow.functions * Math.abs(x * y) + allow.floor]
  },
  div([x, e], [y, f], allow) {
    const quotient = x / y
    // Where the divisor may be 0 the quotient may be anything.
    const carried = Math.abs(y) > f ? (e + Math.abs(quotient) * f) / (Math.abs(y) - f) : Infinity
    return [quotient, carried + allow.functions * Math.abs(quotient) + allow.floor]
  },
  max: extremum(Math.max),
  min: extremum(Math.min),
}

export const binary: Definition<'binary'> = ({ operator }, step) =>
  combined(step, (a, b) => combine[operator](a, b, step.allow))

const functions: { readonly [O in UnaryOperator]: (x: number) => number } = { exp: Math.exp, sqrt: Math.sqrt }

/** A function of each element: what is wrong with the operand is wrong with the result by its slope. */
export const unary: Definition<'unary'> = ({ operator }, { input, shape, allow }) => {
  const f = functions[operator]
  const value = Float64Array.from(input.data, f)
  const error = input.error.map((e, i) => {
    const [x, y] = [input.data[i]!, value[i]!]
    // Below 0 there is no root: what is wrong there is for the value itself to show.
    const low = operator === 'sqrt' ? Math.max(x - e, 0) : x - e
    const moved = Math.max(Math.abs(f(x + e) - y), Math.abs(f(low) - y))
    return (e > 0 ? moved : 0) + allow.functions * (1 + Math.min(Math.abs(x), 100)) * Math.abs(y) + allow.floor
  })
  return stored(shape, value, error)
}

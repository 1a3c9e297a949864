import { DepthwiseError, UnsupportedOpError } from '@depthwise/core'
import { rebatch } from '@depthwise/core/backend'
import { type Net, net, type Step } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { randomIntegers } from '@depthwise/testing/random-integers'
import { share } from '@depthwise/testing/soak'
import { expect, test } from 'vitest'
import type { Plain } from './plain-tensors.ts'
import * as plain from './plain-tensors.ts'
import { run } from './tflite-run.ts'

/** A net of random operators over one value, and what an interpreter that moves every element makes of it. */
class RandomNet {
  readonly tensors: Record<string, tfl.TensorSpec> = {}
  readonly steps: Step[] = []
  readonly input: Plain
  #current: Plain
  #name = 'x'
  readonly #below: (bound: number) => number

  constructor(seed: number) {
    this.#below = randomIntegers(seed)
    const shape = [this.#below(3) === 0 ? 2 : 1, 1 + this.#below(4), 1 + this.#below(3), 1 + this.#below(4)]
    this.input = { shape, data: plain.positions(shape).map(() => this.#real()) }
    this.#current = this.input
    this.tensors['x'] = { shape }
    // An input that is transposed at once would be held in the order it is transposed to.
    this.#step(
      'LEAKY_RELU',
      [],
      plain.mapped(this.input, value => Math.max(value, value / 2)),
      tfl.leakyReluOptions(0.5),
    )
    const length = 1 + this.#below(5)
    for (let i = 0; i < length; i += 1) this.#add()
    this.#finish()
  }

  get result(): Plain {
    return this.#current
  }

  get description(): Net {
    return { tensors: this.tensors, steps: this.steps, outputs: [this.#name] }
  }

  #real(): number {
    return (this.#below(17) - 8) / 4
  }

  #constant(spec: tfl.TensorSpec): string {
    const name = `c${Object.keys(this.tensors).length}`
    this.tensors[name] = spec
    return name
  }

  #integers(data: readonly number[]): string {
    return this.#constant({ shape: [data.length], type: 'i32', data })
  }

  #step(op: tfl.OperatorSpec['op'], others: readonly string[], result: Plain, options?: Step[3]): void {
    const name = `v${this.steps.length}`
    this.tensors[name] = { shape: result.shape }
    this.steps.push(options ? [op, [this.#name, ...others], name, options] : [op, [this.#name, ...others], name])
    this.#name = name
    this.#current = result
  }

  #add(): void {
    const operators = [
      this.#transpose,
      this.#transpose,
      this.#reshape,
      this.#reshape,
      this.#mean,
      this.#shift,
      this.#gate,
      this.#softmax,
      this.#dense,
      this.#dense,
      this.#pad,
      this.#join,
      this.#slope,
    ]
    operators[this.#below(operators.length)]?.call(this)
  }

  /** An output is in the order of its axes: what a dense layer over all elements leaves. */
  #finish(): void {
    const [batch = 1] = this.input.shape
    const { data } = this.#current
    const shape = [batch, data.length / batch]
    this.#step('RESHAPE', [this.#integers(shape)], plain.reshaped(this.#current, shape))
    this.#dense()
  }

  #transpose(): void {
    const axes = this.#current.shape.map((_, axis) => axis)
    const permutation: number[] = []
    while (axes.length > 0) permutation.push(...axes.splice(this.#below(axes.length), 1))
    // The batch stays in front mostly.
    if (this.#below(4) > 0) permutation.splice(0, permutation.length, 0, ...permutation.filter(axis => axis !== 0))
    this.#step('TRANSPOSE', [this.#integers(permutation)], plain.transposed(this.#current, permutation))
  }

  /** Joins two neighbouring axes, or divides one. */
  #reshape(): void {
    const { shape } = this.#current
    const axis = this.#below(shape.length)
    const extent = shape[axis] as number
    const divisors = Array.from({ length: extent }, (_, i) => i + 1).filter(divisor => extent % divisor === 0)
    const divisor = divisors[this.#below(divisors.length)] as number
    const isJoining = axis + 1 < shape.length && (this.#below(2) === 0 || shape.length > 4)
    const target = isJoining
      ? shape.toSpliced(axis, 2, extent * (shape[axis + 1] as number))
      : shape.toSpliced(axis, 1, divisor, extent / divisor)
    this.#step('RESHAPE', [this.#integers(target)], plain.reshaped(this.#current, target))
  }

  /** Some axes, at least one, rarely the first. */
  #some(): readonly number[] {
    const axes = this.#current.shape.map((_, axis) => axis)
    const some = axes.filter(axis => this.#below(axis === 0 ? 10 : 2) === 0)
    return some.length > 0 ? some : axes.slice(-1)
  }

  #mean(): void {
    const { shape } = this.#current
    const axes = this.#some()
    const isKept = this.#below(2) === 0 || axes.length >= shape.length - 1
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
    const [op, f] = (
      [
        ['MEAN', (values: readonly number[]) => sum(values) / values.length],
        ['SUM', sum],
        ['REDUCE_MAX', (values: readonly number[]) => Math.max(...values)],
      ] as const
    )[this.#below(3)] as readonly ['MEAN' | 'SUM' | 'REDUCE_MAX', (values: readonly number[]) => number]
    const result = plain.reduced(this.#current, axes, isKept, f)
    this.#step(op, [this.#integers(axes)], result, tfl.reducerOptions(isKept))
  }

  /** A constant along one axis, or a single number, on either side. */
  #shift(): void {
    const { shape } = this.#current
    const axis = this.#below(shape.length)
    const along = shape.map((extent, i) => (i === axis ? extent : 1))
    const constant = this.#below(3) === 0 ? [1] : along.slice(this.#below(2) === 0 ? axis : 0)
    const data = plain.positions(constant).map(() => this.#real())
    const name = this.#constant({ shape: constant, data })
    const other = { shape: constant, data }
    const isSub = this.#below(2) === 0
    const f = isSub ? (a: number, b: number) => a - b : (a: number, b: number) => a * b
    this.#step(isSub ? 'SUB' : 'MUL', [name], plain.both(this.#current, other, f))
  }

  /** Two computed operands: a value and its mean over some axes. */
  #gate(): void {
    const [before, name] = [this.#current, this.#name]
    const axes = this.#some()
    const mean = plain.reduced(before, axes, true, values => values.reduce((a, b) => a + b, 0) / values.length)
    this.#step('MEAN', [this.#integers(axes)], mean, tfl.reducerOptions(true))
    const isSub = this.#below(2) === 0
    const result = plain.both(mean, before, isSub ? (a, b) => a - b : (a, b) => a + b)
    this.#step(isSub ? 'SUB' : 'ADD', [name], result)
  }

  #softmax(): void {
    this.#step('SOFTMAX', [], plain.softmaxed(this.#current), tfl.softmaxOptions())
  }

  #dense(): void {
    const features = this.#current.shape.at(-1) as number
    const units = 1 + this.#below(3)
    const data = Array.from({ length: units * features }, () => this.#real())
    const keeps = this.#below(2) === 0
    const weights = { shape: [units, features], data }
    const result = plain.dense(this.#current, weights, keeps)
    this.#step('FULLY_CONNECTED', [this.#constant(weights)], result, tfl.denseOptions(0, 0, keeps ? 1 : 0))
  }

  #pad(): void {
    const pads = this.#current.shape.map((_, axis) => [axis && this.#below(2), axis && this.#below(2)] as const)
    const paddings = { shape: [pads.length, 2], type: 'i32', data: pads.flat() } as const
    const value = this.#real()
    const names = [this.#constant(paddings), this.#constant({ shape: [], data: [value] })]
    this.#step('PADV2', names, plain.padded(this.#current, pads, value))
  }

  /** A value beside its clamped self. */
  #join(): void {
    const [before, name] = [this.#current, this.#name]
    if (before.shape.length === 0) return
    this.#step(
      'RELU',
      [],
      plain.mapped(before, value => Math.max(value, 0)),
    )
    const axis = this.#below(before.shape.length)
    this.#step('CONCATENATION', [name], plain.joined(this.#current, before, axis), tfl.concatOptions(axis))
  }

  #slope(): void {
    const axis = this.#current.shape.length - 1
    const shape = [this.#current.shape[axis] as number]
    const data = shape.flatMap(length => Array.from({ length }, () => this.#real()))
    const leak = (value: number, slope: number): number => (value < 0 ? value * slope : value)
    this.#step('PRELU', [this.#constant({ shape, data })], plain.both(this.#current, { shape, data }, leak))
  }
}

test('random nets of reshapes, transpositions and what stands between them answer as if every element moved', async () => {
  const seeds = share(400, 10_000)
  let read = 0
  for (let seed = 1; seed <= seeds; seed += 1) {
    const random = new RandomNet(seed)
    const words = `seed ${seed}: ${random.steps.map(([op, , out]) => `${op} [${random.tensors[`${out}`]?.shape}]`).join(', ')}`
    try {
      const model = await net(random.description)
      read += 1
      const found = await run(model, random.input.data)
      // However a tensor is seen, its value keeps the batch apart.
      if (random.input.shape[0] === 1) {
        const two = { ...model, graph: rebatch(model.graph, 2) }
        const pair = await run(two, [...random.input.data.map(value => -3 * value), ...random.input.data])
        expect([...pair.slice(pair.length / 2)], words).toEqual([...found])
      }
      expect(found.length, words).toBe(random.result.data.length)
      const scale = Math.max(1, ...random.result.data.map(Math.abs))
      for (const [i, value] of random.result.data.entries()) {
        expect(Math.abs((found[i] as number) - value) / scale, `${words}, element ${i}`).toBeLessThan(1e-5)
      }
    } catch (error) {
      if (!(error instanceof DepthwiseError)) throw error
      // What would have to move elements is refused; nothing is malformed.
      expect(error, words).toBeInstanceOf(UnsupportedOpError)
    }
  }
  expect(read / seeds).toBeGreaterThan(0.6)
})

import type { Node, Op, Params, Tensor } from '@depthwise/core'
import { type BinaryOperator, isPerTensor, isProduct, type OpOf, perIndex, storedRange } from '@depthwise/core/backend'
import {
  away,
  exactly,
  exponentOf,
  toFloat32 as f,
  floor,
  integer,
  negated,
  over,
  plus,
  power,
  type Rational,
  rational,
  times,
  toEven,
  toNumber,
} from './rational.ts'

// The arithmetic of quantized ops once more, in exact numbers that are rounded where the runtime rounds, and with windows that
// scatter each element to the results it takes part in.

interface Type {
  readonly dtype: 'int8' | 'uint8'
  readonly s: Rational
  readonly z: bigint
  readonly lo: bigint
  readonly hi: bigint
}

const typeOf = ({ dtype, quantization }: Pick<Tensor, 'dtype' | 'quantization'>): Type => {
  if (!quantization || !isPerTensor(quantization)) throw new Error('no quantization')
  const [lo, hi] = (storedRange(dtype) as readonly [number, number]).map(BigInt) as [bigint, bigint]
  const s = f(exactly(quantization.scale))
  return { dtype: dtype as Type['dtype'], s, z: BigInt(quantization.zeroPoint), lo, hi }
}

const within = (value: bigint, lo: bigint, hi: bigint): bigint => (value < lo ? lo : value > hi ? hi : value)
const stored = (steps: bigint, { z, lo, hi }: Type): bigint => within(steps + z, lo, hi)
const half = rational(1n, 2n)

/** `x * d` in 31 bits of fraction, rounded twice. */
function fixedPoint(x: bigint, d: Rational): bigint {
  let e = exponentOf(d) + 1
  let m = away(times(d, power(31 - e)))
  if (m === 2n ** 31n) [m, e] = [2n ** 30n, e + 1]
  if (e < -31) return 0n
  const product = times(rational(x * m), power(Math.max(e, 0)))
  // Ties go up: what is truncated towards zero is half a unit more, less the smallest part of one for negative numbers.
  const high = floor(plus(over(product, power(31)), half))
  return away(times(rational(high), power(-Math.max(-e, 0))))
}

function requantized(x: bigint, from: Type, to: Type): bigint {
  const ratio = f(over(from.s, to.s))
  const isShort = from.dtype === to.dtype && atLeast(ratio, power(-8)) && atLeast(power(7), ratio)
  if (!isShort) return stored(fixedPoint(x - from.z, exactly(toNumber(from.s) / toNumber(to.s))), to)
  const k = toEven(f(times(integer(256), ratio)))
  return stored(floor(plus(rational((x - from.z) * k, 256n), half)), to)
}

const atLeast = (a: Rational, b: Rational): boolean => plus(a, negated(b)).n >= 0n

/** The byte of a bound of a clamp. */
function bound(v: number, type: Type): bigint {
  if (!Number.isFinite(v)) return v < 0 ? type.lo : type.hi
  const scaled = f(plus(f(over(f(exactly(v)), type.s)), rational(type.z)))
  return within(toEven(scaled), type.lo, type.hi)
}

const unary: { readonly [K in 'clamp' | 'sigmoid' | 'hardSwish' | 'quantize' | 'concat']: Unary<OpOf<K>> } = {
  quantize: (x, from, to) => requantized(x, from, to),
  clamp: (x, from, to, op) => within(requantized(x, from, to), bound(op.min, to), bound(op.max, to)),
  sigmoid(x, from, to) {
    const real = toNumber(f(times(from.s, rational(x - from.z))))
    const denominator = f(plus(integer(1), f(exactly(Math.min(Math.exp(-real), 2 ** 128)))))
    return stored(toEven(f(over(f(over(integer(1), to.s)), denominator))), to)
  },
  hardSwish(x, from, to) {
    const v = (x - from.z) * 128n
    const hires = f(times(power(-7), from.s))
    const [outM, outE] = shortMultiplier(f(over(hires, to.s)))
    const [gateM, gateE] = shortMultiplier(f(over(hires, f(rational(3n, 32768n)))))
    const in16 = (value: bigint): bigint => within(value, -32768n, 32767n)
    const high = (a: bigint, b: bigint): bigint => in16(floor(plus(rational(a * b, 32768n), half)))
    let gate = high(gateE > 0 ? in16(v * 2n ** BigInt(gateE - 1)) : v, gateM)
    gate = gateE > 0 ? in16(gate * 2n) : away(times(rational(gate), power(gateE)))
    const product = (((gate + 32768n) / 2n) * high(v, outM)) / 32768n
    return stored(away(times(rational(product), power(outE))), to)
  },
  concat(x, from, to) {
    if (from.dtype === to.dtype && from.z === to.z && plus(from.s, negated(to.s)).n === 0n) return x
    const s = f(times(from.s, f(over(integer(1), to.s))))
    const b = f(times(rational(-from.z), s))
    return stored(away(f(plus(f(times(rational(x), s)), b))), to)
  },
}

type Unary<O> = (x: bigint, from: Type, to: Type, op: O) => bigint

/** A multiplier as 15 bits and an exponent. */
function shortMultiplier(d: Rational): readonly [bigint, number] {
  const e = exponentOf(d) + 1
  const m = away(times(d, power(31 - e)))
  const [mantissa, exponent] = m === 2n ** 31n ? [2n ** 30n, e + 1] : [m, e]
  if (exponent < -31) return [0n, 0]
  return [within((mantissa + 32768n) / 65536n, 0n, 32767n), exponent]
}

function sum(x: bigint, y: bigint, [a, b, to]: readonly [Type, Type, Type], sign: bigint): bigint {
  const [p, q] = [x - a.z, y - b.z]
  const [r1, r2] = [f(over(a.s, to.s)), f(over(b.s, to.s))]
  const larger = atLeast(r1, r2) ? r1 : r2
  const smaller = larger === r1 ? r2 : r1
  if (atLeast(smaller, power(-10)) && !atLeast(larger, power(8))) {
    const unit = power(20 - exponentOf(larger))
    const [m1, m2] = [toEven(times(r1, unit)), toEven(times(r2, unit))]
    return stored(floor(plus(over(rational(p * m1 + sign * q * m2), unit), half)), to)
  }
  const twice = times(integer(2), atLeast(a.s, b.s) ? a.s : b.s)
  const quotient = (n: Rational, d: Rational): Rational => exactly(toNumber(n) / toNumber(d))
  const left = fixedPoint(p * 2n ** 20n, quotient(a.s, twice))
  const right = fixedPoint(q * 2n ** 20n, quotient(b.s, twice))
  return stored(fixedPoint(left + sign * right, quotient(twice, times(to.s, power(20)))), to)
}

type Binary = (x: bigint, y: bigint, types: readonly [Type, Type, Type]) => bigint

const binary: { readonly [O in BinaryOperator]: Binary } = {
  add: (x, y, types) => sum(x, y, types, 1n),
  sub: (x, y, types) => sum(x, y, types, -1n),
  mul(x, y, [a, b, to]) {
    const m = f(over(f(times(a.s, b.s)), to.s))
    const product = (x - a.z) * (y - b.z)
    const isShort = atLeast(m, power(-16)) && !atLeast(m, power(8))
    return stored(isShort ? toEven(f(times(rational(product), m))) : fixedPoint(product, m), to)
  },
  div(x, y, [a, b, to]) {
    const [p, q] = [x - a.z, y - b.z]
    if (q === 0n) return p === 0n ? to.z : p > 0n ? to.hi : to.lo
    const m = f(over(f(over(a.s, b.s)), to.s))
    return stored(toEven(f(times(f(rational(p, q)), m))), to)
  },
  max: (x, y, [a, b, to]) => maxOf(requantized(x, a, to), requantized(y, b, to)),
  min: (x, y, [a, b, to]) => -maxOf(-requantized(x, a, to), -requantized(y, b, to)),
}

const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** Σx over n in the result's type, as means are computed. */
function mean(total: bigint, n: bigint, from: Type, to: Type): bigint {
  const s = f(times(f(over(from.s, to.s)), f(rational(1n, n))))
  const z = f(plus(rational(to.z), negated(f(times(f(rational(n * from.z)), s)))))
  return within(toEven(f(plus(f(times(f(rational(total)), s)), z))), to.lo, to.hi)
}

type Place = readonly number[]

/** Where element `i` of a shape lies. */
function placeOf(i: number, shape: readonly number[]): Place {
  let rest = i
  return shape
    .toReversed()
    .map(extent => {
      const at = rest % extent
      rest = (rest - at) / extent
      return at
    })
    .toReversed()
}

const indexOf = (place: Place, shape: readonly number[]): number =>
  place.reduce((index, at, axis) => index * (shape[axis] as number) + at, 0)

interface Sliding {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: { readonly top: number; readonly left: number }
  readonly dilations?: readonly [number, number]
}

/** Every result that a pixel takes part in, with the tap by which it does. */
function* reached([y, x]: Place, op: Sliding, [, rows, columns]: readonly number[]) {
  const [dy, dx] = op.dilations ?? [1, 1]
  for (let ky = 0; ky < op.kernel[0]; ky++) {
    for (let kx = 0; kx < op.kernel[1]; kx++) {
      const row = ((y as number) + op.padding.top - ky * dy) / op.strides[0]
      const column = ((x as number) + op.padding.left - kx * dx) / op.strides[1]
      const isInside = Number.isInteger(row) && Number.isInteger(column) && row >= 0 && column >= 0
      if (isInside && row < (rows as number) && column < (columns as number)) yield { row, column, ky, kx }
    }
  }
}

/** Adds the products of every element with the weights that meet it to the sums they belong to. */
function scatter(op: Op, node: Node, input: Tensor, weights: Tensor): bigint[] {
  const sums = new Array<bigint>(node.shape.reduce((product, extent) => product * extent, 1)).fill(0n)
  const zx = typeOf(input).z
  const { zeroPoints } = perIndex(weights.quantization as NonNullable<Tensor['quantization']>)
  const weight = (place: Place): bigint => {
    const i = indexOf(place, weights.shape)
    return BigInt(weights.data[i] as number) - BigInt(zeroPoints[i % zeroPoints.length] as number)
  }
  const channels = input.shape.at(-1) as number
  const add = (at: Place, value: bigint): void => {
    const i = indexOf(at, node.shape)
    sums[i] = (sums[i] as bigint) + value
  }
  input.data.forEach((byte: number, i: number) => {
    const place = placeOf(i, input.shape)
    const value = BigInt(byte) - zx
    const [n, c] = [place[0] as number, place.at(-1) as number]
    if (op.kind === 'dense') for (let u = 0; u < op.units; u++) add([n, u], value * weight([c, u]))
    if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') return
    for (const { row, column, ky, kx } of reached(place.slice(1), op, node.shape)) {
      if (op.kind === 'depthwiseConv2d') {
        for (let m = 0; m < op.multiplier; m++)
          add([n, row, column, c * op.multiplier + m], value * weight([ky, kx, c, m]))
        continue
      }
      const depth = channels / op.groups
      const group = Math.floor(c / depth)
      for (let filter = 0; filter < op.filters; filter++) {
        if (Math.floor(filter / (op.filters / op.groups)) !== group) continue
        add([n, row, column, filter], value * weight([ky, kx, c % depth, filter]))
      }
    }
  })
  return sums
}

function product(op: Extract<Op, { residual: boolean }>, node: Node, input: Tensor, params: Params): bigint[] {
  const weights = params.get(op.weights) as Tensor
  const bias = op.bias === null ? null : (params.get(op.bias) as Tensor)
  const { scales } = perIndex(weights.quantization as NonNullable<Tensor['quantization']>)
  const [from, to] = [typeOf(input), typeOf(node)]
  const channels = node.shape.at(-1) as number
  const clamp = op.activation?.kind === 'clamp' ? op.activation : { min: -Infinity, max: Infinity }
  return scatter(op, node, input, weights).map((total, i) => {
    const c = i % channels
    const m = f(over(f(times(from.s, f(exactly(scales[c % scales.length] as number)))), to.s))
    const acc = BigInt.asIntN(32, total + BigInt(bias?.data[c] ?? 0))
    const y = toEven(f(times(f(rational(acc)), m))) + to.z
    return within(y, bound(clamp.min, to), bound(clamp.max, to))
  })
}

function pooled(op: OpOf<'averagePool' | 'maxPool'>, node: Node, input: Tensor): bigint[] {
  const seen = Array.from({ length: node.shape.reduce((product, extent) => product * extent, 1) }, (): bigint[] => [])
  input.data.forEach((byte: number, i: number) => {
    const place = placeOf(i, input.shape)
    for (const { row, column } of reached(place.slice(1), op, node.shape)) {
      seen[indexOf([place[0] as number, row, column, place[3] as number], node.shape)]?.push(BigInt(byte))
    }
  })
  if (op.kind === 'maxPool') return seen.map(bytes => bytes.reduce(maxOf))
  const [from, to] = [typeOf(input), typeOf(node)]
  return seen.map(bytes => {
    const n = op.countPadding ? BigInt(op.kernel[0] * op.kernel[1]) : BigInt(bytes.length)
    const total = bytes.reduce((a, b) => a + b, 0n) + (n - BigInt(bytes.length)) * from.z
    const isOne = from.dtype === to.dtype && from.z === to.z && plus(from.s, negated(to.s)).n === 0n
    return isOne ? away(rational(total, n)) : mean(total, n, from, to)
  })
}

/** Where a row or column of the result lies in the operand, rounded to float32 step by step. */
function sourceOf(op: OpOf<'resize'>, axis: 0 | 1, i: number, from: number): Rational {
  const to = op.size[axis]
  const half = exactly(0.5)
  const scale = op.scales && f(exactly(op.scales[axis]))
  const scaled = (place: Rational): Rational =>
    f(scale ? over(place, scale) : times(place, f(over(integer(from), integer(to)))))
  const halfPixel = (): Rational => f(plus(scaled(plus(integer(i), half)), negated(half)))
  if (op.coordinates === 'asymmetric') return scaled(integer(i))
  if (op.coordinates === 'halfPixel') return halfPixel()
  if (op.coordinates === 'halfPixelSymmetric') {
    const reach = scale ? f(times(scale, integer(from))) : integer(to)
    const beyond = f(plus(integer(1), negated(f(over(integer(to), reach)))))
    return f(plus(halfPixel(), f(times(over(integer(from), integer(2)), beyond))))
  }
  if (to === 1) return integer(0)
  if (op.coordinates === 'pytorchHalfPixel') return halfPixel()
  return f(times(integer(i), f(over(integer(from - 1), integer(to - 1)))))
}

const clampedTo = (place: Rational, from: number): Rational => {
  if (!atLeast(place, integer(0))) return integer(0)
  return atLeast(place, integer(from - 1)) ? integer(from - 1) : place
}

/** Every byte of the operand by its two tents, whose heights are whole 2048ths; or the one byte that is nearest. */
function resized(op: OpOf<'resize'>, node: Node, input: Tensor): bigint[] {
  const share = (axis: 0 | 1, i: number, at: number): bigint => {
    const from = input.shape[axis + 1] as number
    const source = sourceOf(op, axis, i, from)
    if (op.filter === 'nearest') {
      const up = (place: Rational): bigint => -floor(negated(place))
      const nearest = {
        floor: () => floor(source),
        ceil: () => up(source),
        roundPreferCeil: () => floor(plus(source, half)),
        roundPreferFloor: () => up(plus(source, negated(half))),
      }[op.rounding]()
      return within(nearest, 0n, BigInt(from - 1)) === BigInt(at) ? 2048n : 0n
    }
    const inside = clampedTo(source, from)
    const lower = floor(inside)
    const weight = toEven(times(integer(2048), plus(inside, negated(rational(lower)))))
    if (BigInt(at) === lower) return 2048n - weight
    return BigInt(at) === lower + 1n ? weight : 0n
  }
  const count = node.shape.reduce((product, extent) => product * extent, 1)
  return Array.from({ length: count }, (_, index) => {
    const [n, y, x, c] = placeOf(index, node.shape) as readonly [number, number, number, number]
    let sum = 0n
    for (let row = 0; row < (input.shape[1] as number); row++) {
      for (let column = 0; column < (input.shape[2] as number); column++) {
        const byte = BigInt(input.data[indexOf([n, row, column, c], input.shape)] as number)
        sum += byte * share(0, y, row) * share(1, x, column)
      }
    }
    return floor(plus(rational(sum, 2n ** 22n), half))
  })
}

function softmax(input: Tensor, to: Type): bigint[] {
  const c = f(negated(f(typeOf(input).s)))
  const classes = input.shape.at(-1) as number
  const result: bigint[] = []
  for (let row = 0; row < input.data.length; row += classes) {
    const bytes = [...input.data.subarray(row, row + classes)]
    const largest = Math.max(...bytes)
    const e = bytes.map(byte => f(exactly(Math.exp(toNumber(f(times(c, integer(largest - byte))))))))
    const total = e.reduce((a, b) => f(plus(a, b)))
    const inverse = f(over(integer(1), f(times(total, to.s))))
    for (const each of e) {
      const p = f(times(each, inverse))
      result.push(stored(to.dtype === 'uint8' ? floor(f(plus(p, half))) : away(p), to))
    }
  }
  return result
}

/** What one node computes of its operands, as numbers that are stored. */
export function definedValue(node: Node, operands: readonly Tensor[], params: Params): number[] {
  const { op } = node
  const [input, second] = operands as readonly [Tensor, Tensor | undefined]
  if (op.kind === 'constant') {
    const item = [...(params.get(op.value) as Tensor).data]
    return Array.from({ length: node.shape[0] as number }, () => item).flat()
  }
  if (op.kind === 'dequantize') {
    const { s, z } = typeOf(input)
    return Array.from(input.data, byte => toNumber(f(times(rational(BigInt(byte) - z), s))))
  }
  return computed(node, op, input, second, operands, params).map(Number)
}

function computed(
  node: Node,
  op: Op,
  input: Tensor,
  second: Tensor | undefined,
  operands: readonly Tensor[],
  params: Params,
): bigint[] {
  const to = typeOf(node)
  const bytes = [...input.data].map(byte => (input.quantization ? BigInt(byte) : 0n))
  if (isProduct(op)) return product(op, node, input, params)
  switch (op.kind) {
    case 'averagePool':
    case 'maxPool':
      return pooled(op, node, input)
    case 'softmax':
      return softmax(input, to)
    case 'reshape':
    case 'dropout':
      return bytes
    case 'quantize':
      if (input.quantization) return bytes.map(x => requantized(x, typeOf(input), to))
      return Array.from(input.data, real => stored(toEven(f(times(exactly(real), f(over(integer(1), to.s))))), to))
    case 'clamp':
    case 'sigmoid':
    case 'hardSwish':
      return bytes.map(x => (unary[op.kind] as Unary<Op>)(x, typeOf(input), to, op))
    case 'globalAveragePool': {
      const channels = input.shape[3] as number
      const totals = new Array<bigint>((input.shape[0] as number) * channels).fill(0n)
      const pixels = bytes.length / totals.length
      bytes.forEach((x, i) => {
        const at = Math.floor(i / (pixels * channels)) * channels + (i % channels)
        totals[at] = (totals[at] as bigint) + x
      })
      return totals.map(total => mean(total, BigInt(pixels), typeOf(input), to))
    }
    case 'pad': {
      const fill = stored(toEven(f(times(exactly(op.value), f(over(integer(1), to.s))))), to)
      const result = new Array<bigint>(node.shape.reduce((product, extent) => product * extent, 1)).fill(fill)
      bytes.forEach((x, i) => {
        const place = placeOf(i, input.shape).map((at, axis) => at + (op.pads[axis]?.[0] ?? 0))
        result[indexOf(place, node.shape)] = x
      })
      return result
    }
    case 'concat': {
      const result: bigint[] = []
      let offset = 0
      for (const operand of operands) {
        operand.data.forEach((byte: number, i: number) => {
          const place = placeOf(i, operand.shape).map((at, axis) => (axis === op.axis ? at + offset : at))
          result[indexOf(place, node.shape)] = unary.concat(BigInt(byte), typeOf(operand), to, op)
        })
        offset += operand.shape[op.axis] as number
      }
      return result
    }
    case 'depthToSpace': {
      const result = new Array<bigint>(node.shape.reduce((product, extent) => product * extent, 1))
      const channels = node.shape[3] as number
      bytes.forEach((byte, i) => {
        const [n, y, x, held] = placeOf(i, input.shape) as readonly [number, number, number, number]
        const place = Math.floor(held / channels)
        const row = y * op.block[0] + Math.floor(place / op.block[1])
        const column = x * op.block[1] + (place % op.block[1])
        if (row >= op.size[0] || column >= op.size[1]) return
        result[indexOf([n, row, column, held % channels], node.shape)] = byte
      })
      return result
    }
    case 'resize':
      return resized(op, node, input)
    case 'binary': {
      const other = second as Tensor
      const types = [typeOf(input), typeOf(other), to] as const
      const at = ({ shape, data }: Tensor, i: number): bigint => {
        const place = placeOf(i, node.shape).map((each, axis) => (shape[axis] === 1 ? 0 : each))
        return BigInt(data[indexOf(place, shape)] as number)
      }
      const count = node.shape.reduce((product, extent) => product * extent, 1)
      return Array.from({ length: count }, (_, i) => binary[op.operator](at(input, i), at(other, i), types))
    }
    default:
      throw new Error(`${op.kind} has no quantized form`)
  }
}

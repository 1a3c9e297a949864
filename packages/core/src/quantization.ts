import { GraphError } from './errors.ts'
import { roundHalfEven } from './rounding.ts'
import { show } from './show.ts'
import {
  type DType,
  type ElementType,
  elementCount,
  formatShape,
  type PerAxisQuantization,
  type PerTensorQuantization,
  type Quantization,
  type Tensor,
  tensor,
  type ValueType,
} from './tensor.ts'

const ranges: { readonly [D in DType]: readonly [min: number, max: number] | null } = {
  float32: null,
  uint8: [0, 255],
  int8: [-128, 127],
  int32: [-(2 ** 31), 2 ** 31 - 1],
}

/** The integers an element type can hold, or null where it holds reals. */
export function storedRange(dtype: DType): readonly [min: number, max: number] | null {
  return ranges[dtype]
}

/** Whether all elements share one scale and zero point. */
export function isPerTensor(quantization: Quantization): quantization is PerTensorQuantization {
  return typeof quantization.scale === 'number'
}

/** Whether two element types store the same reals as the same numbers. */
export function sameElements(a: ElementType, b: ElementType): boolean {
  return a.dtype === b.dtype && sameQuantization(a.quantization, b.quantization)
}

function sameQuantization(a: Quantization | undefined, b: Quantization | undefined): boolean {
  if (a === b) return true
  if (!a || !b) return false
  if (isPerTensor(a) || isPerTensor(b)) return a.scale === b.scale && a.zeroPoint === b.zeroPoint
  const { scale, zeroPoint } = b
  return (
    a.axis === b.axis &&
    a.scale.length === scale.length &&
    a.scale.every((each, i) => each === scale[i] && a.zeroPoint[i] === zeroPoint[i])
  )
}

/** `uint8 (x - 128) * 0.0078`, or `int8 per channel, 32 scales`; plain elements are their dtype alone. */
export function formatElements({ dtype, quantization }: ElementType): string {
  if (!quantization) return dtype
  if (!isPerTensor(quantization)) return `${dtype} per channel, ${quantization.scale.length} scales`
  const { scale, zeroPoint } = quantization
  const offset = zeroPoint === 0 ? 'x' : zeroPoint < 0 ? `(x + ${-zeroPoint})` : `(x - ${zeroPoint})`
  return `${dtype} ${offset} * ${Number(scale.toPrecision(6))}`
}

/**
 * Throws unless scales are positive and finite, zero points are integers that the element type can hold, and there are as
 * many as the shape wants.
 * @throws GraphError naming `where`
 */
export function checkQuantization({ dtype, shape, quantization }: ValueType, where: string): void {
  if (quantization === undefined) return
  const range = storedRange(dtype)
  if (!range) fail(where, 'no quantization of float32', show(quantization))
  if (typeof quantization !== 'object' || quantization === null) fail(where, 'a quantization', show(quantization))
  const isScale = (value: unknown): boolean => Number.isFinite(value) && (value as number) > 0
  const isZero = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= range[0] && (value as number) <= range[1]
  const scales = 'a positive, finite scale'
  const zeros = `a zero point from ${range[0]} to ${range[1]}`
  if (isPerTensor(quantization)) {
    if (!isScale(quantization.scale)) fail(where, scales, show(quantization.scale))
    if (!isZero(quantization.zeroPoint)) fail(where, zeros, show(quantization.zeroPoint))
    return
  }
  const { scale, zeroPoint, axis } = quantization
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    fail(where, `a quantization axis of ${formatShape(shape)}`, show(axis))
  }
  const count = elementCount(shape.slice(axis))
  for (const [list, accepts, each] of [
    [scale, isScale, scales],
    [zeroPoint, isZero, zeros],
  ] as const) {
    if (!Array.isArray(list) || list.length !== count) {
      fail(where, `${count} scales and zero points, one for each index from axis ${axis} on`, show(list))
    }
    const wrong = list.findIndex(value => !accepts(value))
    if (wrong >= 0) fail(`${where}, quantization of index ${wrong}`, each, show(list[wrong]))
  }
}

/** The scale and zero point of each element along the innermost axes: one entry where all elements share it. */
export function perIndex({ scale, zeroPoint }: PerTensorQuantization | PerAxisQuantization): {
  readonly scales: readonly number[]
  readonly zeroPoints: readonly number[]
} {
  return typeof scale === 'number'
    ? { scales: [scale], zeroPoints: [zeroPoint as number] }
    : { scales: scale, zeroPoints: zeroPoint as readonly number[] }
}

/** The reals a tensor stands for: `Math.fround((stored - zeroPoint) * scale)`; a float32 tensor is returned as it is. */
export function dequantized(source: Tensor): Tensor<'float32'> {
  if (source.dtype === 'float32') return source as Tensor<'float32'>
  const { data, shape, quantization } = source
  if (!quantization) return tensor(shape, Float32Array.from(data))
  const { scales, zeroPoints } = perIndex(quantization)
  const reals = new Float32Array(data.length)
  for (let i = 0, c = 0; i < reals.length; i++) {
    reals[i] = (data[i]! - zeroPoints[c]!) * scales[c]!
    c = c + 1 === scales.length ? 0 : c + 1
  }
  return tensor(shape, reals)
}

/**
 * Writes reals as integers: `clamp(round(real / scale) + zeroPoint)`, rounding half to even; what is not a number becomes the
 * zero point.
 */
export function quantizeInto(
  reals: ArrayLike<number>,
  { dtype, quantization }: ElementType,
  into: Tensor['data'],
): void {
  const [min, max] = storedRange(dtype) ?? [-Infinity, Infinity]
  const { scales, zeroPoints } = perIndex(quantization ?? { scale: 1, zeroPoint: 0 })
  for (let i = 0, c = 0; i < reals.length; i++) {
    const scaled = roundHalfEven(Math.fround(reals[i]! * Math.fround(1 / scales[c]!)))
    into[i] = Math.min(Math.max((Number.isNaN(scaled) ? 0 : scaled) + zeroPoints[c]!, min), max)
    c = c + 1 === scales.length ? 0 : c + 1
  }
}

function fail(where: string, expected: string, found: string): never {
  throw new GraphError({ where, expected, found })
}

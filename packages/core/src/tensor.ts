import { ShapeError } from './errors.ts'
import { show } from './show.ts'

/** Element types a tensor may hold. */
export interface DTypeArrays {
  readonly float32: Float32Array
  readonly uint8: Uint8Array
  readonly int8: Int8Array
  readonly int32: Int32Array
}

/** Name of an element type. */
export type DType = keyof DTypeArrays

/** Data of any element type a tensor may hold. */
export type TypedArray = DTypeArrays[DType]

/** Extents from outermost to innermost. Activations are NHWC: `[batch, height, width, channels]`. */
export type Shape = readonly number[]

/** How integers stand for reals, the same for all of a tensor: real = (stored - zeroPoint) * scale. */
export interface PerTensorQuantization {
  /** Positive and finite. */
  readonly scale: number
  /** An integer that the element type can hold; it stands for 0. */
  readonly zeroPoint: number
}

/**
 * How integers stand for reals, with a scale and a zero point for each index from `axis` on: of weights, one for each output
 * channel, which their innermost axes enumerate. The element at flat offset `i` takes entry `i % scale.length`.
 */
export interface PerAxisQuantization {
  /** As many as the product of the extents from `axis` to the last. */
  readonly scale: readonly number[]
  readonly zeroPoint: readonly number[]
  readonly axis: number
}

/** How integers stand for reals: real = (stored - zeroPoint) * scale. */
export type Quantization = PerTensorQuantization | PerAxisQuantization

/** What the elements of a value are: their storage and, where integers stand for reals, how. */
export interface ElementType {
  readonly dtype: DType
  readonly quantization?: Quantization
}

/** The type of a value: of what a node computes, and of a parameter. */
export interface ValueType extends ElementType {
  readonly shape: Shape
}

/** A dense, row-major array with a shape; `data.length` is the product of `shape`. */
export interface Tensor<D extends DType = DType> extends ValueType {
  readonly dtype: D
  readonly data: DTypeArrays[D]
}

const constructors = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int32: Int32Array,
} as const

/** Every element type, in the order of `DTypeArrays`. */
export const dtypes: readonly DType[] = Object.keys(constructors) as DType[]

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return constructors[dtype].BYTES_PER_ELEMENT
}

/** Largest element count any tensor may have: what a 32-bit index can address. */
export const maxElements: number = 2 ** 31 - 1

/** Number of elements of a shape (1 for the empty shape). */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** Whether two shapes have the same rank and the same extents; nothing is broadcast. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}

/** `1x224x224x3`; a scalar prints as `scalar`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x')
}

/**
 * Throws unless every extent is a positive integer and the element count stays addressable.
 * @throws ShapeError naming `where`
 */
export function checkShape(shape: Shape, where: string): void {
  // Not by `every`, which passes over the holes of a sparse array.
  if (!Array.isArray(shape) || shape.findIndex(extent => !(Number.isInteger(extent) && extent > 0)) >= 0) {
    throw new ShapeError({ where, expected: 'positive integer extents', found: show(shape) })
  }
  if (elementCount(shape) > maxElements) {
    throw new ShapeError({ where, expected: `at most ${maxElements} elements`, found: formatShape(shape) })
  }
}

/** A new tensor of zeros. */
export function zeros<D extends DType = 'float32'>(shape: Shape, dtype: D = 'float32' as D): Tensor<D> {
  checkShape(shape, 'zeros')
  return { dtype, shape, data: new constructors[dtype](elementCount(shape)) as DTypeArrays[D] }
}

/**
 * The dtype whose storage class `data` is, or undefined for any other value. Asks for the class by name, since arrays of
 * another realm (a frame, a test runner's sandbox) are instances of another class.
 */
export function dtypeOf(data: unknown): DType | undefined {
  if (!ArrayBuffer.isView(data)) return undefined
  const tag = (data as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return dtypes.find(dtype => constructors[dtype].name === tag)
}

/**
 * The same numbers in memory of their own, with nothing else in it. Not `slice`: Node's Buffer is a Uint8Array whose `slice`
 * copies nothing.
 * @throws ShapeError for anything but a typed array of a known dtype
 */
export function copyData<A extends TypedArray>(data: A): A {
  const dtype = dtypeOf(data)
  if (!dtype) throw new ShapeError({ where: 'copyData', expected: `data of ${dtypes.join(', ')}`, found: show(data) })
  return new constructors[dtype](data) as A
}

/**
 * Wraps data with a shape. Typed arrays are kept, not copied; plain numbers become float32.
 * @throws ShapeError when the length is not the product of the shape
 */
export function tensor<A extends TypedArray>(shape: Shape, data: A): Tensor<DTypeOf<A>>
export function tensor(shape: Shape, data: readonly number[]): Tensor<'float32'>
export function tensor(shape: Shape, data: TypedArray | readonly number[]): Tensor {
  checkShape(shape, 'tensor')
  const stored = dtypeOf(data) === undefined ? Float32Array.from(data) : (data as TypedArray)
  const count = elementCount(shape)
  if (stored.length !== count) {
    throw new ShapeError({
      where: `tensor ${formatShape(shape)}`,
      expected: `${count} elements`,
      found: `${stored.length}`,
    })
  }
  return { dtype: dtypeOf(stored) as DType, shape, data: stored } as Tensor
}

/** The dtype that belongs to a storage class. */
export type DTypeOf<A extends TypedArray> = A extends Float32Array
  ? 'float32'
  : A extends Uint8Array
    ? 'uint8'
    : A extends Int8Array
      ? 'int8'
      : 'int32'

import { type PerAxisQuantization, storedRange } from '../../core/src/backend.ts'
import {
  type DType,
  type ElementType,
  GraphBuilder,
  type Network,
  type Quantization,
  type Shape,
  type Tensor,
  tensor,
  type Value,
} from '../../core/src/index.ts'
import { randomIntegers } from './random-integers.ts'

/** A quantized network with values for its inputs. */
export interface QuantizedNetwork extends Network {
  readonly inputs: Readonly<Record<string, Tensor>>
}

/** The dtypes of bytes. */
export type ByteDType = 'int8' | 'uint8'

/** A quantized network in the making, and the choices that one seed makes for it. */
export class QuantizedDraft {
  readonly b = new GraphBuilder()
  /** Quantized values, oldest first. */
  readonly values: Value[] = []
  readonly params = new Map<string, Tensor>()
  readonly inputs: Record<string, Tensor> = {}
  readonly below: (bound: number) => number
  /** Whether scales are powers of two, which makes for ties. */
  readonly #isDyadic: boolean

  constructor(seed: number) {
    this.below = randomIntegers(seed)
    this.#isDyadic = this.below(3) === 0
  }

  from(min: number, max: number): number {
    return min + this.below(max - min + 1)
  }

  chance(part: number): boolean {
    return this.below(100) < 100 * part
  }

  choose<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** A float32 near a wanted scale: up to 1.4 times as large or small, or a power of two. */
  scale(near: number): number {
    const exponent = Math.log2(near)
    return Math.fround(2 ** (this.#isDyadic ? Math.round(exponent) : exponent + (this.below(1001) - 500) / 1000))
  }

  zeroPoint(dtype: ByteDType): number {
    const [min, max] = storedRange(dtype) as readonly [number, number]
    return this.choose([min, max, min + 128, min + 128, this.from(min, max), this.from(min + 64, max - 64)])
  }

  /** An element type of a scale near the wanted one. */
  elements(near: number, dtype: ByteDType = this.choose(['int8', 'uint8'])): ElementType {
    return { dtype, quantization: { scale: this.scale(near), zeroPoint: this.zeroPoint(dtype) } }
  }

  /** Any bytes, those at both ends of the range among them. */
  bytes(shape: Shape, { dtype, quantization }: ElementType): Tensor {
    const [min, max] = storedRange(dtype) as readonly [number, number]
    const length = shape.reduce((product, extent) => product * extent, 1)
    const spread = this.choose([1, 1, 0.2])
    const byte = (): number =>
      this.chance(0.1) ? this.choose([min, max]) : min + Math.floor(this.from(0, 255) * spread)
    const stored = Array.from({ length }, byte)
    const data = dtype === 'int8' ? Int8Array.from(stored) : Uint8Array.from(stored)
    return { ...tensor(shape, data), ...(quantization && { quantization }) } as Tensor
  }

  input(shape: Shape, name: string): Value {
    const elements = this.elements(0.05)
    const isReal = this.chance(0.2)
    const x = this.b.input(shape, { name, elements: isReal ? { dtype: 'float32' } : elements })
    const bytes = this.bytes(shape, elements)
    const reals = (): Tensor =>
      tensor(
        shape,
        Float32Array.from(bytes.data, stored => (stored - this.below(99)) / 20),
      )
    this.inputs[name] = isReal ? reals() : bytes
    return isReal ? this.b.quantize(x, elements) : x
  }

  /** A constant of any bytes, the scale of which is near the wanted one. */
  constant(shape: Shape, near: number): Value {
    const elements = this.elements(near)
    const value = `constant${this.params.size}`
    this.params.set(value, this.bytes(shape.slice(1), elements))
    return this.b.constant(shape, { name: value, value, elements })
  }

  /** Weights of bytes: int8 with a scale for each channel, or uint8 with one zero point for all. */
  weights(name: string, shape: Shape, channels: number, axis: number): number {
    const dtype: DType = this.choose(['int8', 'uint8'])
    const near = 0.01
    const scales = Array.from({ length: channels }, () => this.scale(near))
    const perChannel: PerAxisQuantization = { scale: scales, zeroPoint: scales.map(() => 0), axis }
    const single: Quantization = { scale: this.scale(near), zeroPoint: dtype === 'uint8' ? this.zeroPoint('uint8') : 0 }
    const quantization = dtype === 'int8' && this.chance(0.7) ? perChannel : single
    this.params.set(name, this.bytes(shape, { dtype, quantization }))
    return near
  }

  /** Sums of `count` products stay near what the bias is; some biases are as large as int32. */
  bias(name: string, channels: number, count: number): void {
    const reach = Math.ceil(Math.sqrt(count) * 4000)
    const limit = 2 ** 31 - 1
    const one = (): number =>
      this.chance(0.05) ? this.choose([-limit - 1, limit, 2 ** 30 + 7]) - this.from(0, reach) : this.from(-reach, reach)
    const sums = Int32Array.from({ length: channels }, one)
    this.params.set(name, tensor([channels], sums))
  }

  finish(): QuantizedNetwork {
    const last = this.values.at(-1) as Value
    const others = this.values.filter(value => value !== last && this.chance(0.2))
    return { graph: this.b.build([last, ...others]), params: this.params, inputs: this.inputs }
  }
}

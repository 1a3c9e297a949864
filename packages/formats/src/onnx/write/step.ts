import type { Node, Params, Quantization, Shape, Tensor } from '@depthwise/core'
import { isPerTensor, type ParamName, type PerTensorQuantization, perIndex } from '@depthwise/core/backend'
import { permute } from '../../permute.ts'
import type { Attributes } from './attributes.ts'
import type { OnnxFile } from './file.ts'
import { dequantizeLinear, integerType, quantizeLinear } from './quantization.ts'
import { type Form, type Values, workingForm } from './values.ts'

/** One node of the graph while its ONNX nodes are written. */
export class Step {
  readonly node: Node
  /** The nodes it reads. */
  readonly operands: readonly Node[]
  readonly file: OnnxFile
  readonly values: Values
  readonly #params: Params

  constructor(node: Node, operands: readonly Node[], file: OnnxFile, values: Values, params: Params) {
    this.node = node
    this.operands = operands
    this.file = file
    this.values = values
    this.#params = params
  }

  /** The first operand, which every op but an input has. */
  get first(): Node {
    return this.operands[0] as Node
  }

  /** The reals of an operand in the form operators compute on. */
  operand(position: number): string {
    const node = this.operands[position] as Node
    return this.values.readReals(node, workingForm(node))
  }

  /** The node that computes the value of the graph's node, mostly in the form operators compute on, and one that quantizes it. */
  result(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    form: Form = workingForm(this.node),
  ): void {
    const stored = this.values.store(this.node, form)
    if (!this.node.quantization) {
      this.file.node(opType, inputs, stored, attributes)
      return
    }
    const reals = this.file.unused(`${this.node.name}/computed`)
    this.file.node(opType, inputs, reals, attributes)
    quantizeLinear(this.file, reals, this.node, stored)
  }

  /** The node that changes what the value of the graph's node stores: from reals to integers, or back. */
  convert(): void {
    const stored = this.values.store(this.node, workingForm(this.node))
    if (this.node.quantization) quantizeLinear(this.file, this.operand(0), this.node, stored)
    else dequantizeLinear(this.file, this.values.read(this.first, workingForm(this.first)), this.first, stored)
  }

  /** A node on the way there; `role` tells it from others. */
  between(role: string, opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = this.file.unused(`${this.node.name}/${role}`)
    this.file.node(opType, inputs, name, attributes)
    return name
  }

  /** The numbers of a parameter, which `prepare` has found to be there. */
  data(name: ParamName): Float32Array {
    return (this.#params.get(name) as Tensor<'float32'>).data
  }

  /** A parameter as a constant of the same name, its axes in another order and then of another shape where given. */
  param(name: ParamName, from?: Moved): string {
    const given = this.#params.get(name) as Tensor
    if (given.quantization) return this.#dequantized(name, given, from)
    const { shape } = given
    const key = from ? `param ${name} ${from.shape} ${from.order}` : `param ${name}`
    return this.file.reals(key, name, from?.to ?? shape, () =>
      from ? permute(this.data(name), from.shape, from.order) : this.data(name),
    )
  }

  /** A bias of integers, as the reals that these count: in steps of the operand's scale times those of the weights. */
  bias(name: ParamName, weights: ParamName): string {
    const given = this.#params.get(name) as Tensor
    if (given.dtype !== 'int32') return this.param(name)
    const { scale } = this.first.quantization as PerTensorQuantization
    const { scales } = perIndex((this.#params.get(weights) as Tensor).quantization as Quantization)
    const products = scales.map(each => Math.fround(scale * each))
    const [single] = products as [number]
    const zeroPoint = products.map(() => 0)
    const quantization =
      products.length === 1 ? { scale: single, zeroPoint: 0 } : { scale: products, zeroPoint, axis: 0 }
    return this.#dequantized(name, { ...given, quantization } as Tensor)
  }

  #dequantized(name: ParamName, given: Tensor, from?: Moved): string {
    const key = from ? `param ${name} ${from.shape} ${from.order}` : `param ${name}`
    const stored = this.file.stored(key, name, from?.to ?? given.shape, integerType(given.dtype), () =>
      movedIntegers(given, from),
    )
    const reals = this.file.unused(`${name}/real`)
    // Where axes move it is to have output channels first.
    const axis = isPerTensor(given.quantization as Quantization) ? undefined : from ? 0 : axisOf(given)
    dequantizeLinear(this.file, stored, given, reals, axis)
    return reals
  }
}

/** Another order of axes, and the shape to be seen in then. */
interface Moved {
  readonly shape: Shape
  readonly order: readonly number[]
  readonly to: Shape
}

const axisOf = ({ quantization }: Tensor): number => (quantization as { readonly axis: number }).axis

function movedIntegers({ data, dtype }: Tensor, from?: Moved): Int8Array | Uint8Array | Int32Array {
  if (!from) return data as Int8Array | Uint8Array | Int32Array
  // Bytes are exact in float32.
  const moved = permute(Float32Array.from(data), from.shape, from.order)
  return dtype === 'int8' ? Int8Array.from(moved) : Uint8Array.from(moved)
}

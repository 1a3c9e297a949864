import type { Node, Params, Shape, Tensor } from '@depthwise/core'
import type { ParamName } from '@depthwise/core/backend'
import { permute } from '../../permute.ts'
import type { Attributes } from './attributes.ts'
import type { OnnxFile } from './file.ts'
import { type Values, workingForm } from './values.ts'

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

  /** An operand in the form operators compute on. */
  operand(position: number): string {
    const node = this.operands[position] as Node
    return this.values.read(node, workingForm(node))
  }

  /** The node that computes the value of the graph's node, in the form operators compute on. */
  result(opType: string, inputs: readonly string[], attributes: Attributes = {}): void {
    this.file.node(opType, inputs, this.values.store(this.node, workingForm(this.node)), attributes)
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
  param(
    name: ParamName,
    from?: { readonly shape: Shape; readonly order: readonly number[]; readonly to: Shape },
  ): string {
    const { shape } = this.#params.get(name) as Tensor<'float32'>
    const key = from ? `param ${name} ${from.shape} ${from.order}` : `param ${name}`
    return this.file.reals(key, name, from?.to ?? shape, () =>
      from ? permute(this.data(name), from.shape, from.order) : this.data(name),
    )
  }
}

import type { Node, NodeId } from '@depthwise/core'
import { isSameEitherWay, oursFromPlanar, planarFromOurs } from '../layout.ts'
import type { OnnxFile } from './file.ts'
import { dequantizeLinear } from './quantization.ts'

/**
 * How an ONNX value holds the value of a node. `ours`: with the axes of the graph, which are NHWC for images. `planar`:
 * images as NCHW, which is what ONNX operators compute on. Values of another rank have one form, `ours`.
 */
export type Form = 'ours' | 'planar'

const otherForm: Readonly<Record<Form, Form>> = { ours: 'planar', planar: 'ours' }
const suffixes: Readonly<Record<Form, string>> = { ours: 'nhwc', planar: 'nchw' }
const orders: Readonly<Record<Form, readonly number[]>> = { ours: oursFromPlanar, planar: planarFromOurs }

/** The form operators compute on. */
export function workingForm(node: Node): Form {
  return node.shape.length === 4 ? 'planar' : 'ours'
}

/** Which ONNX values hold the values of the graph's nodes. A form nobody has stored is transposed from the other, once. */
export class Values {
  readonly #file: OnnxFile
  readonly #visible: ReadonlyMap<NodeId, Form>
  readonly #names = new Map<string, string>()
  readonly #reals = new Map<string, string>()

  /** `visible` gives the form in which a node is an input or output of the file: under the name of the node. */
  constructor(file: OnnxFile, visible: ReadonlyMap<NodeId, Form>) {
    this.#file = file
    this.#visible = visible
  }

  /** The name of the ONNX value about to hold a node in this form: the node's own, unless that is kept for the other form. */
  store(node: Node, form: Form): string {
    const own = (this.#visible.get(node.id) ?? form) === form
    const name = own ? node.name : this.#file.unused(`${node.name}/${suffixes[form]}`)
    this.#names.set(`${node.id} ${form}`, name)
    return name
  }

  /** Whether a node is an input or output of the file. */
  isVisible({ id }: Node): boolean {
    return this.#visible.has(id)
  }

  /** Says which ONNX value holds a node in this form. */
  hold(node: Node, form: Form, name: string): void {
    this.#names.set(`${node.id} ${form}`, name)
  }

  /** The ONNX value that holds a node in this form. */
  read(node: Node, form: Form): string {
    const stored = this.#stored(node, form)
    if (stored !== undefined) return stored
    const source = this.read(node, otherForm[form])
    const free = this.#visible.get(node.id) === form
    const name = free ? node.name : this.#file.unused(`${node.name}/${suffixes[form]}`)
    this.#names.set(`${node.id} ${form}`, name)
    this.#file.node('Transpose', [source], name, { perm: orders[form] })
    return name
  }

  /** The ONNX value that holds the reals of a node in this form, whose own may be integers. */
  readReals(node: Node, form: Form): string {
    return this.realsOf(node, this.read(node, form))
  }

  /** The reals of an ONNX value that holds a node in any form. */
  realsOf(node: Node, source: string): string {
    if (!node.quantization) return source
    const known = this.#reals.get(source)
    if (known !== undefined) return known
    const name = this.#file.unused(`${source}/real`)
    dequantizeLinear(this.#file, source, node, name)
    this.#reals.set(source, name)
    return name
  }

  /** The ONNX value that holds the elements of a node in the order of the graph, whatever its shape. */
  readElements(node: Node): string {
    const either = node.shape.length === 4 && isSameEitherWay(node.shape)
    return (either ? this.#stored(node, 'planar') : undefined) ?? this.read(node, 'ours')
  }

  #stored(node: Node, form: Form): string | undefined {
    return this.#names.get(`${node.id} ${form}`)
  }
}

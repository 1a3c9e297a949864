import { elementCount, type OpOf } from '@depthwise/core/backend'
import { permute } from '../../permute.ts'
import { planarFromOurs, reorder } from '../layout.ts'
import { integerType } from './quantization.ts'
import type { Step } from './step.ts'
import { workingForm } from './values.ts'

/** An initializer, in the form that operators compute on; one that is an output of the file passes an Identity. */
export function constant({ value }: OpOf<'constant'>, step: Step): void {
  const { node, file, values } = step
  const form = workingForm(node)
  const isPlanar = form === 'planar'
  const dims = isPlanar ? reorder(node.shape, planarFromOurs) : node.shape
  const key = `constant ${value} ${node.shape}`
  const numbers = (): Float32Array => {
    const item = step.data(value)
    const all = new Float32Array(elementCount(node.shape))
    for (let at = 0; at < all.length; at += item.length) all.set(item, at)
    // Bytes are exact in float32.
    return isPlanar ? permute(all, node.shape, planarFromOurs) : all
  }
  const name = node.quantization
    ? file.stored(key, value, dims, integerType(node.dtype), () =>
        node.dtype === 'int8' ? Int8Array.from(numbers()) : Uint8Array.from(numbers()),
      )
    : file.reals(key, value, dims, numbers)
  if (values.isVisible(node)) file.node('Identity', [name], values.store(node, form))
  else values.hold(node, form, name)
}

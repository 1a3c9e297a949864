import type { Model, Tensor } from '@depthwise/core'
import { writeArchive, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { readKeras } from '../src/index.ts'

// Files of one layer on an input `x` of 1x1x2x3, in the form of either version.

const v3 = { batch_shape: [null, 1, 2, 3] }
const v2 = { batch_input_shape: [null, 1, 2, 3] }
/** The input, as an argument of a call in Keras 3. */
export const tensor3 = {
  class_name: '__keras_tensor__',
  config: { shape: [null], dtype: 'float32', keras_history: ['x', 0, 0] },
}
/** An array as Keras 3 writes it. */
export const numpy = (value: unknown): unknown => ({ class_name: '__numpy__', config: { value, dtype: 'float32' } })

export interface Layer {
  readonly className: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly inbound: unknown
}

export const modelOf = ({ className, config = {}, inbound }: Layer, input: object): unknown => ({
  class_name: 'Functional',
  config: {
    name: 'm',
    layers: [
      { class_name: 'InputLayer', name: 'x', config: { name: 'x', ...input }, inbound_nodes: [] },
      {
        class_name: className,
        name: 'it',
        config: { name: 'it', trainable: true, ...config },
        inbound_nodes: [inbound],
      },
      // So that a layer that does nothing is no output of its own.
      { class_name: 'Rescaling', name: 'm', config: {}, inbound_nodes: [[['it', 0, 0, {}]]] },
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [['m', 0, 0]],
  },
})

export async function keras3(layer: Layer, weights: Readonly<Record<string, Tensor>> = {}): Promise<Model> {
  return await readKeras(await writeArchive(weights, modelOf(layer, v3)))
}

export async function keras2(layer: Layer, weights: Readonly<Record<string, Tensor>> = {}): Promise<Model> {
  const bytes = await writeLegacy([['it', weights]], modelOf(layer, v2))
  return await readKeras(bytes)
}

/** The arguments of a call in Keras 3. */
export const args = (...list: readonly unknown[]): unknown => ({ args: list, kwargs: {} })

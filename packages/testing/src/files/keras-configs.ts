// Configurations as the versions of Keras write them, less what says how to train.

/** An operand: a layer, or one output of one of its calls. */
export type Ref = string | readonly [layer: string, call: number, output: number]

export interface LayerSpec {
  readonly className: string
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** What each of its calls takes. */
  readonly inputs?: readonly (readonly Ref[])[]
}

const ref = (given: Ref): readonly [string, number, number] => (typeof given === 'string' ? [given, 0, 0] : [...given])

/** A model of Keras 2; by default from its first layer to its last. */
export function functional2(
  layers: readonly LayerSpec[],
  inputs: readonly Ref[] = [layers[0]?.name as string],
  outputs: readonly Ref[] = [layers.at(-1)?.name as string],
): unknown {
  const config = {
    name: 'model',
    layers: layers.map(({ className, name, config: fields, inputs: calls = [] }) => ({
      class_name: className,
      name,
      config: { name, trainable: true, ...fields },
      inbound_nodes: calls.map(operands => operands.map(operand => [...ref(operand), {}])),
    })),
    input_layers: inputs.map(ref),
    output_layers: outputs.map(ref),
  }
  return { class_name: 'Functional', config }
}

/** The same of Keras 3: `batch_shape`, tensors by their history, a single end not in a list. */
export function functional3(
  layers: readonly LayerSpec[],
  inputs: readonly Ref[] = [layers[0]?.name as string],
  outputs: readonly Ref[] = [layers.at(-1)?.name as string],
): unknown {
  const history = (operand: Ref) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null], dtype: 'float32', keras_history: ref(operand) },
  })
  const ends = (refs: readonly Ref[]): unknown => (refs.length === 1 ? ref(refs[0] as Ref) : refs.map(ref))
  const renamed = ({ batch_input_shape: shape, ...fields }: Readonly<Record<string, unknown>>) =>
    shape === undefined ? fields : { ...fields, batch_shape: shape }
  const config = {
    name: 'model',
    layers: layers.map(({ className, name, config: fields, inputs: calls = [] }) => ({
      module: 'keras.layers',
      class_name: className,
      name,
      config: { name, dtype: { class_name: 'DTypePolicy', config: { name: 'float32' } }, ...renamed(fields) },
      inbound_nodes: calls.map(operands => ({
        args: operands.length === 1 ? operands.map(history) : [operands.map(history)],
        kwargs: {},
      })),
    })),
    input_layers: ends(inputs),
    output_layers: ends(outputs),
  }
  return { module: 'keras.src.models.functional', class_name: 'Functional', config, registered_name: 'Functional' }
}

export function sequential(layers: readonly LayerSpec[]): unknown {
  const list = layers.map(({ className, name, config }) => ({ class_name: className, config: { name, ...config } }))
  return { class_name: 'Sequential', config: { name: 'sequential', layers: list } }
}

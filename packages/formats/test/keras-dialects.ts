import type { LayerSpec, Ref } from '@depthwise/testing/files/keras-configs'

// Models within models, written as each library counts the calls of a layer.

/** A model, or a layer that is one: calls are counted from 0 in all of them, which is what the dialects differ in. */
export interface ModelSpec {
  readonly kind: 'functional' | 'sequential'
  readonly name: string
  readonly layers: readonly (LayerSpec | NestedSpec)[]
  /** Of a functional model; by default its first layer and the first call of its last. */
  readonly inputs?: readonly Ref[]
  readonly outputs?: readonly Ref[]
}

export interface NestedSpec {
  readonly model: ModelSpec
  readonly inputs?: LayerSpec['inputs']
}

export type Dialect = 'Keras 2' | 'Keras 3' | 'TensorFlow.js'
export const dialects: readonly Dialect[] = ['Keras 2', 'Keras 3', 'TensorFlow.js']

type Json = Readonly<Record<string, unknown>>

export function writeModel(model: ModelSpec, dialect: Dialect): Json {
  const layers = model.layers.map(layer => writeLayer(layer, model, dialect))
  const className = model.kind === 'sequential' ? 'Sequential' : dialect === 'TensorFlow.js' ? 'Model' : 'Functional'
  if (model.kind === 'sequential') return { class_name: className, config: { name: model.name, layers } }
  const ends = (refs: readonly Ref[]) => refs.map(ref => listed(ref, model, dialect))
  const inputs = ends(model.inputs ?? [nameOf(model.layers[0])])
  const outputs = ends(model.outputs ?? [nameOf(model.layers.at(-1))])
  return {
    class_name: className,
    config: { name: model.name, layers, input_layers: inputs, output_layers: outputs },
  }
}

function writeLayer(layer: LayerSpec | NestedSpec, model: ModelSpec, dialect: Dialect): Json {
  const own = 'model' in layer ? writeModel(layer.model, dialect) : leaf(layer)
  const calls = (layer.inputs ?? []).map(operands =>
    dialect === 'Keras 3'
      ? {
          args: operands.length === 1 ? operands.map(history) : [operands.map(history)],
          kwargs: 'model' in layer ? { mask: null } : {},
        }
      : operands.map(operand => [...listed(operand, model, dialect), 'model' in layer ? { training: false } : {}]),
  )
  return { ...own, name: nameOf(layer), inbound_nodes: calls }
}

const leaf = ({ className, name, config }: LayerSpec): Json => ({ class_name: className, config: { name, ...config } })
const nameOf = (layer: LayerSpec | NestedSpec | undefined): string =>
  layer === undefined ? '' : 'model' in layer ? layer.model.name : layer.name
const whole = (ref: Ref): readonly [string, number, number] => (typeof ref === 'string' ? [ref, 0, 0] : ref)

const history = (ref: Ref): Json => ({ class_name: '__keras_tensor__', config: { keras_history: whole(ref) } })

function listed(ref: Ref, model: ModelSpec, dialect: Dialect): readonly unknown[] {
  const [name, call, output] = whole(ref)
  const layer = model.layers.find(candidate => nameOf(candidate) === name)
  return [name, call + firstCall(layer, dialect), output]
}

/** The number that a list gives to the first call of a layer. */
function firstCall(layer: LayerSpec | NestedSpec | undefined, dialect: Dialect): number {
  if (!layer || !('model' in layer)) return 0
  if (layer.model.kind === 'functional' || dialect === 'TensorFlow.js') return 1
  const [first] = layer.model.layers
  // Keras 2 built a sequence at once where its first layer says the shape of the input; Keras 3 keeps it out of the count.
  const isBuilt = first !== undefined && 'className' in first && first.className === 'InputLayer'
  return dialect === 'Keras 2' && isBuilt ? 1 : 0
}

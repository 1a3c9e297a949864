import {
  FormatError,
  type Graph,
  GraphBuilder,
  type Shape,
  type Tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { ChannelBudget } from '../channel-budget.ts'
import { UniqueNames } from '../unique-names.ts'
import { within } from '../within.ts'
import { type LayerConfig, type ModelConfig, maxDepth, modelClasses, parseModel } from './config.ts'
import { Fields } from './fields.ts'
import { LayerCall } from './layers/call.ts'
import { describe, layerImporters } from './layers/table.ts'
import { type CallArguments, runNetwork, valuesOf } from './network.ts'
import { type CallOf, resolveCalls } from './references.ts'
import { inputShapeOf, sequenceInput, settleInput } from './shapes.ts'
import { variablesOf } from './variables.ts'
import { type LayerStep, slotsOf, type WeightSource } from './weights.ts'

/** More layers, calls and operands than image networks have: models that call each other can make millions out of a few lines. */
const maxCalls = 10_000

/** What a configuration and its weights make. */
export interface ImportedNetwork {
  readonly graph: Graph
  readonly params: ReadonlyMap<string, Tensor>
}

/** What a network is built with. */
export interface ImportContext {
  readonly weights: WeightSource
  /** `[height, width, channels]` of the input, for files that leave it open. */
  readonly inputShape?: Shape | undefined
  /** hard_sigmoid is another function since Keras 3. */
  readonly isKeras3: boolean
}

/**
 * Builds the graph of a Keras model, its nodes named as its layers are.
 * @throws FormatError, UnsupportedOpError or WeightsError naming the layer
 */
export function importModel(model: ModelConfig, context: ImportContext): ImportedNetwork {
  const network = new KerasImport(context)
  const outputs = network.run(model, null, [])
  return { graph: network.builder.build(outputs), params: network.params }
}

class KerasImport {
  readonly builder = new GraphBuilder()
  readonly params: Map<string, Tensor> = new Map()
  readonly #context: ImportContext
  readonly #names = new UniqueNames()
  /** What the parameters of a layer are called after, by its path. */
  readonly #owners = new Map<string, string>()
  readonly #ownerNames = new UniqueNames()
  /** Models within models, by the layer they are. */
  readonly #models = new Map<LayerConfig, ModelConfig>()
  readonly #callsOf = new Map<ModelConfig, CallOf>()
  readonly #budget = new ChannelBudget()
  #calls = 0

  constructor(context: ImportContext) {
    this.#context = context
  }

  /** Runs a model on values; without them, on inputs of its own. */
  run(model: ModelConfig, inputs: readonly Value[] | null, path: readonly LayerStep[]): readonly Value[] {
    if (path.length > maxDepth) {
      throw new FormatError({ where: model.where, expected: `at most ${maxDepth} models in each other`, found: 'more' })
    }
    this.#count(model.layers.length, model.where)
    const slots = slotsOf(model.layers)
    const step = (layer: LayerConfig): readonly LayerStep[] => [
      ...path,
      { name: layer.name, slot: slots.get(layer.name) as string },
    ]
    return model.ends === null ? this.#sequence(model, inputs, step) : this.#network(model, model.ends, inputs, step)
  }

  #sequence(
    model: ModelConfig,
    inputs: readonly Value[] | null,
    step: (layer: LayerConfig) => readonly LayerStep[],
  ): readonly Value[] {
    const [first, ...rest] = model.layers
    const layers = first?.className === 'InputLayer' ? rest : model.layers
    const name = first?.className === 'InputLayer' ? first.name : 'input'
    let values = inputs ?? [this.#input(name, sequenceInput(model), model.where)]
    for (const layer of layers) {
      const args = values.map(value => ({ value }))
      values = this.#call(layer, { args, kwargs: new Map() }, step(layer))
    }
    return values
  }

  #network(
    model: ModelConfig,
    ends: NonNullable<ModelConfig['ends']>,
    inputs: readonly Value[] | null,
    step: (layer: LayerConfig) => readonly LayerStep[],
  ): readonly Value[] {
    if (inputs && inputs.length !== ends.inputs.length) {
      const found = `${inputs.length}`
      throw new FormatError({ where: model.where, expected: `${ends.inputs.length} operands`, found })
    }
    this.#count(ends.outputs.length, model.where)
    const callOf = this.#callsOf.get(model) ?? resolveCalls(model)
    this.#callsOf.set(model, callOf)
    return runNetwork(model, ends, {
      callOf,
      input: (layer, n) => inputs?.[n] ?? this.#input(layer.name, inputShapeOf(layer), layer.where),
      call: (layer, given) => this.#call(layer, given, step(layer)),
      count: (operands, where) => this.#count(operands, where),
    })
  }

  #input(name: string, shape: Shape | undefined, where: string): Value {
    const settled = within(where, () => settleInput(shape, this.#context.inputShape, where))
    return within(where, () => this.builder.input([1, ...settled], { name: this.#names.take(name) }))
  }

  #call(layer: LayerConfig, given: CallArguments, path: readonly LayerStep[]): readonly Value[] {
    const { className, name, where } = layer
    this.#count(1, where)
    if (!this.#context.isKeras3) checkInference(given, where)
    if (modelClasses.includes(className)) return this.run(this.#model(layer), valuesOf(given, where), path)
    const importer = Object.hasOwn(layerImporters, className) ? layerImporters[className] : undefined
    if (!importer) {
      throw new UnsupportedOpError({ where, expected: 'a supported layer', found: describe(className) })
    }
    const fields = new Fields(layer.config ?? {}, where)
    const variables = variablesOf(className, fields)
    const own = this.#names.take(name)
    const call = new LayerCall({
      ...given,
      fields,
      builder: this.builder,
      name: own,
      isKeras3: this.#context.isKeras3,
      budget: this.#budget,
      freeName: wanted => this.#names.take(wanted),
      stored: variable => this.#context.weights(path, { name: variable, index: variables.indexOf(variable) }),
      param: (role, make) => this.#param(path, role, make),
    })
    return [within(where, () => importer(call))]
  }

  #model(layer: LayerConfig): ModelConfig {
    const known = this.#models.get(layer)
    if (known) return known
    const model = parseModel({ class_name: layer.className, config: layer.config }, layer.where)
    this.#models.set(layer, model)
    return model
  }

  #count(steps: number, where: string): void {
    this.#calls += steps
    if (this.#calls <= maxCalls) return
    throw new FormatError({ where, expected: `at most ${maxCalls} layers and calls of layers`, found: 'more' })
  }

  /** A parameter of a layer, the same at every call of it. */
  #param(path: readonly LayerStep[], role: string, make: () => Tensor): string {
    const key = JSON.stringify(path.map(({ name }) => name))
    const owner = this.#owners.get(key) ?? this.#ownerNames.take(path.at(-1)?.name as string)
    this.#owners.set(key, owner)
    const name = `${owner}/${role}`
    if (!this.params.has(name)) this.params.set(name, make())
    return name
  }
}

/**
 * In Keras 2, Dropout and similar layers that were called with `training=True` stay active at inference. Keras 3 writes the argument
 * wherever it is a layer's default, but overrides it with the mode that the model is called in, so there it means nothing.
 */
function checkInference({ kwargs }: CallArguments, where: string): void {
  const training = kwargs.get('training')
  if (!training || !('constant' in training) || (training.constant !== true && training.constant !== 1)) return
  throw new UnsupportedOpError({ where, expected: 'a call for inference', found: 'training=True' })
}

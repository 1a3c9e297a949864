import {
  FormatError,
  type Graph,
  GraphBuilder,
  type Shape,
  type Tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { UniqueNames } from '../unique-names.ts'
import { within } from '../within.ts'
import { type Argument, type CallConfig, refsOf, type TensorRef } from './calls.ts'
import { type LayerConfig, type ModelConfig, maxDepth, modelClasses, parseModel } from './config.ts'
import { Fields } from './fields.ts'
import { type CallArgument, LayerCall } from './layers/call.ts'
import { describe, layerImporters } from './layers/table.ts'
import { type CallOf, resolveCalls } from './references.ts'
import { inputShapeOf, sequenceInput, settleInput } from './shapes.ts'
import { variablesOf } from './variables.ts'
import { type LayerStep, slotName, type WeightSource } from './weights.ts'

/** More layers, calls and operands than any MobileNet has: models that call each other can make millions out of a few lines. */
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

  /** Calls layers as soon as all they take is there. */
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
    const done = new Map<string, readonly Value[]>()
    const key = (ref: TensorRef, where: string): string => callKey(ref.layer, callOf(ref, where))
    const layers = new Map(model.layers.map(layer => [layer.name, layer]))
    const inputLayers = new Set<string>()
    for (const [i, ref] of ends.inputs.entries()) {
      const layer = layers.get(ref.layer)
      if (!layer) throw new FormatError({ where: model.where, expected: 'inputs among its layers', found: label(ref) })
      if (layer.className === 'InputLayer') inputLayers.add(layer.name)
      done.set(key(ref, model.where), [inputs?.[i] ?? this.#input(layer.name, inputShapeOf(layer), layer.where)])
    }
    const readers = new Map<string, (() => void)[]>()
    const ready: (() => void)[] = []
    for (const layer of model.layers) {
      // An input that is called like a layer, too, was its own call 0.
      const first = inputLayers.has(layer.name) ? 1 : 0
      for (const [index, call] of layer.calls.entries()) {
        const own = callKey(layer.name, first + index)
        if (done.has(own)) continue
        const take = (): void => {
          done.set(own, this.#call(layer, argumentsOf(call, done, callOf, layer.where), step(layer)))
          for (const reader of readers.get(own) ?? []) reader()
        }
        const refs = refsOf(call)
        this.#count(refs.length, layer.where)
        const missing = new Set(refs.map(ref => key(ref, layer.where)).filter(ref => !done.has(ref)))
        let left = missing.size
        if (left === 0) ready.push(take)
        for (const ref of missing) {
          const wake = (): void => {
            left -= 1
            if (left === 0) ready.push(take)
          }
          const others = readers.get(ref)
          if (others) others.push(wake)
          else readers.set(ref, [wake])
        }
      }
    }
    for (let next = 0; next < ready.length; next += 1) ready[next]?.()
    return ends.outputs.map(ref => pick(done, callOf, ref, `${model.where}, field output_layers`))
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

function slotsOf(layers: readonly LayerConfig[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  return new Map(
    layers.map(({ name, className }) => {
      const base = slotName(className === 'Model' ? 'Functional' : className)
      const count = counts.get(base) ?? 0
      counts.set(base, count + 1)
      return [name, count === 0 ? base : `${base}_${count}`]
    }),
  )
}

function pick(done: ReadonlyMap<string, readonly Value[]>, callOf: CallOf, ref: TensorRef, where: string): Value {
  const value = done.get(callKey(ref.layer, callOf(ref, where)))?.[ref.output]
  if (value) return value
  throw new FormatError({ where, expected: `${label(ref)}, computed without going in circles`, found: 'none' })
}

interface CallArguments {
  readonly args: readonly CallArgument[]
  readonly kwargs: ReadonlyMap<string, CallArgument>
}

function argumentsOf(
  { args, kwargs }: CallConfig,
  done: ReadonlyMap<string, readonly Value[]>,
  callOf: CallOf,
  where: string,
): CallArguments {
  const read = (argument: Argument): CallArgument =>
    'ref' in argument ? { value: pick(done, callOf, argument.ref, where) } : argument
  return { args: args.map(read), kwargs: new Map([...kwargs].map(([name, argument]) => [name, read(argument)])) }
}

/**
 * Dropout and its kin called with `training=True` do their work at inference too. Keras 3 writes it wherever that is the default
 * of a layer, and means nothing by it: what its model is called with takes its place.
 */
function checkInference({ kwargs }: CallArguments, where: string): void {
  const training = kwargs.get('training')
  if (!training || !('constant' in training) || (training.constant !== true && training.constant !== 1)) return
  throw new UnsupportedOpError({ where, expected: 'a call for inference', found: 'training=True' })
}

/** What a model takes. */
function valuesOf({ args }: CallArguments, where: string): readonly Value[] {
  return args.map(argument => {
    if ('value' in argument) return argument.value
    throw new UnsupportedOpError({ where, expected: 'computed operands', found: 'a constant' })
  })
}

const callKey = (layer: string, call: number): string => `${call} ${layer}`
const label = ({ layer, call, output }: TensorRef): string =>
  `output ${output} of call ${call} of "${layer.slice(0, 80)}"`

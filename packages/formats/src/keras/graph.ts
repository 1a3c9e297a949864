import {
  FormatError,
  type Graph,
  GraphBuilder,
  type Shape,
  type Tensor,
  tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { UniqueNames } from '../unique-names.ts'
import { within } from '../within.ts'
import { type LayerConfig, type ModelConfig, maxDepth, modelClasses, parseModel, type TensorRef } from './config.ts'
import { Fields } from './fields.ts'
import { checkWeight, type LayerCall } from './layers/call.ts'
import { layerImporters } from './layers/table.ts'
import { inputShapeOf, sequenceInput, settleInput } from './shapes.ts'
import { type LayerStep, slotName, type Variable, type WeightSource } from './weights.ts'

/** More layers than any MobileNet has: models that call each other can make millions out of a few lines. */
const maxCalls = 10_000

/** What a configuration and its weights make. */
export interface ImportedNetwork {
  readonly graph: Graph
  readonly params: ReadonlyMap<string, Tensor>
}

/**
 * Builds the graph of a Keras model, its nodes named as its layers are.
 * @param inputShape `[height, width, channels]` of the input, for files that leave it open
 * @throws FormatError, UnsupportedOpError or WeightsError naming the layer
 */
export function importModel(model: ModelConfig, weights: WeightSource, inputShape?: Shape): ImportedNetwork {
  const network = new KerasImport(weights, inputShape)
  const outputs = network.run(model, null, [])
  return { graph: network.builder.build(outputs), params: network.params }
}

class KerasImport {
  readonly builder = new GraphBuilder()
  readonly params: Map<string, Tensor> = new Map()
  readonly #weights: WeightSource
  readonly #inputShape: Shape | undefined
  readonly #names = new UniqueNames()
  /** What the parameters of a layer are called after, by its path. */
  readonly #owners = new Map<string, string>()
  readonly #ownerNames = new UniqueNames()
  /** Models within models, by the layer they are. */
  readonly #models = new Map<LayerConfig, ModelConfig>()
  #calls = 0

  constructor(weights: WeightSource, inputShape: Shape | undefined) {
    this.#weights = weights
    this.#inputShape = inputShape
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
    for (const layer of layers) values = this.#call(layer, values, step(layer))
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
    const done = new Map<string, readonly Value[]>()
    const layers = new Map(model.layers.map(layer => [layer.name, layer]))
    for (const [i, ref] of ends.inputs.entries()) {
      const layer = layers.get(ref.layer)
      if (!layer) throw new FormatError({ where: model.where, expected: 'inputs among its layers', found: label(ref) })
      done.set(callKey(ref), [inputs?.[i] ?? this.#input(layer.name, inputShapeOf(layer), layer.where)])
    }
    const pending = new Map<string, number>()
    const readers = new Map<string, (() => void)[]>()
    const ready: (() => void)[] = []
    for (const layer of model.layers) {
      for (const [call, refs] of layer.calls.entries()) {
        const key = callKey({ layer: layer.name, call })
        if (done.has(key)) continue
        const take = (): void => {
          const operands = refs.map(ref => pick(done, ref, layer.where))
          done.set(key, this.#call(layer, operands, step(layer)))
          for (const reader of readers.get(key) ?? []) reader()
        }
        const missing = new Set(refs.map(callKey).filter(ref => !done.has(ref)))
        pending.set(key, missing.size)
        if (missing.size === 0) ready.push(take)
        for (const ref of missing) {
          const wake = (): void => {
            const left = (pending.get(key) as number) - 1
            pending.set(key, left)
            if (left === 0) ready.push(take)
          }
          const others = readers.get(ref)
          if (others) others.push(wake)
          else readers.set(ref, [wake])
        }
      }
    }
    for (let next = 0; next < ready.length; next += 1) ready[next]?.()
    return ends.outputs.map(ref => pick(done, ref, `${model.where}, field output_layers`))
  }

  #input(name: string, shape: Shape | undefined, where: string): Value {
    const settled = within(where, () => settleInput(shape, this.#inputShape, where))
    return within(where, () => this.builder.input([1, ...settled], { name: this.#names.take(name) }))
  }

  #call(layer: LayerConfig, inputs: readonly Value[], path: readonly LayerStep[]): readonly Value[] {
    const { className, name, where } = layer
    this.#count(1, where)
    if (modelClasses.includes(className)) return this.run(this.#model(layer), inputs, path)
    const importer = Object.hasOwn(layerImporters, className) ? layerImporters[className] : undefined
    if (!importer) throw new UnsupportedOpError({ where, expected: 'a supported layer', found: className.slice(0, 80) })
    const fields = new Fields(layer.config ?? {}, where)
    const own = this.#names.take(name)
    const call: LayerCall = {
      fields,
      builder: this.builder,
      inputs,
      name: own,
      derived: suffix => this.#names.take(`${own}_${suffix}`),
      weight: (variable, role, shape) => this.#weight(path, variable, role, shape, where),
    }
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

  #weight(path: readonly LayerStep[], variable: Variable, role: string, shape: Shape, where: string): string {
    const key = JSON.stringify(path.map(({ name }) => name))
    const owner = this.#owners.get(key) ?? this.#ownerNames.take(path.at(-1)?.name as string)
    this.#owners.set(key, owner)
    const name = `${owner}/${role}`
    if (this.params.has(name)) return name
    const at = `${where}, ${variable.name}`
    const found = this.#weights(path, variable)
    // A dense layer over an image is a 1x1 convolution here, and has two extents there.
    const stored = found && found.shape.length === 2 && shape.length === 4 ? [1, 1, ...found.shape] : found?.shape
    checkWeight(stored, shape, at)
    if (found?.dtype !== 'float32') {
      throw new FormatError({ where: at, expected: 'float32', found: found?.dtype ?? 'nothing' })
    }
    this.params.set(name, tensor(shape, found.data as Float32Array))
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

function pick(done: ReadonlyMap<string, readonly Value[]>, ref: TensorRef, where: string): Value {
  const value = done.get(callKey(ref))?.[ref.output]
  if (value) return value
  throw new FormatError({ where, expected: `${label(ref)}, computed without going in circles`, found: 'none' })
}

const callKey = ({ layer, call }: Pick<TensorRef, 'layer' | 'call'>): string => `${call} ${layer}`
const label = ({ layer, call, output }: TensorRef): string =>
  `output ${output} of call ${call} of "${layer.slice(0, 80)}"`

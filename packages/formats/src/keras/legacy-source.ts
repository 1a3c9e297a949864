import type { Tensor } from '@depthwise/core'
import { isObject } from '../json.ts'
import { type LayerConfig, type ModelConfig, maxDepth, modelClasses, parseModel } from './config.ts'
import { Fields } from './fields.ts'
import { type LegacyWeight, type LegacyWeights, shortName } from './legacy.ts'
import { isStatistic, spellings, type VariableName, variablesOf } from './variables.ts'
import type { WeightSource } from './weights.ts'

// Assigns the weights of a Keras 2 file to layers. Keras itself uses order alone (`load_weights_from_hdf5_group`): the top layers
// in turn, and in each its weights, trainable ones first. Here names take precedence, because other tools keep the names but not
// the order. If names do not determine every weight of a top layer, all of its weights are assigned by order, as in Keras.

/** One weight that the configuration asks for. */
interface Wanted {
  readonly path: readonly string[]
  readonly name: VariableName
  readonly isTrained: boolean
}

type Found = ReadonlyMap<string, Tensor>

/**
 * Finds the weights that a configuration asks for.
 * @param isForeign whether the configuration is not the file's own: its top layers may then have other names
 */
export function legacySource(layers: LegacyWeights, model: ModelConfig, isForeign: boolean): WeightSource {
  const wanted = new Map(model.layers.map(layer => [layer.name, wantedOf(layer)]))
  const groups = isForeign ? groupsOf(layers, wanted) : layers
  const found = new Map<string, Found>()
  return (path, { name }) => {
    const top = path[0]?.name ?? ''
    const weights = found.get(top) ?? match(wanted.get(top) ?? [], groups.get(top) ?? [])
    found.set(top, weights)
    return weights.get(
      keyOf(
        path.map(step => step.name),
        name,
      ),
    )
  }
}

const keyOf = (path: readonly string[], name: VariableName): string => JSON.stringify([...path, name])

/** The groups of the top layers: by their names, else the n-th that has weights for the n-th layer that wants some. */
function groupsOf(
  layers: LegacyWeights,
  wanted: ReadonlyMap<string, readonly Wanted[]>,
): ReadonlyMap<string, readonly LegacyWeight[]> {
  const names = [...wanted].filter(([, weights]) => weights.length > 0).map(([name]) => name)
  const filled = [...layers.values()].filter(weights => weights.length > 0)
  if (names.every(name => layers.has(name)) || names.length !== filled.length) return layers
  return new Map(names.map((name, n) => [name, filled[n] as readonly LegacyWeight[]]))
}

function match(wanted: readonly Wanted[], weights: readonly LegacyWeight[]): Found {
  const byName = named(weights)
  const found = wanted.map(weight => byName(weight))
  const isComplete = found.every(weight => weight !== undefined) && new Set(found).size === wanted.length
  const order = isComplete || wanted.length !== weights.length ? null : inOrder(wanted, weights)
  return new Map(
    wanted.flatMap((weight, n) => {
      const tensor = order ? order.get(weight) : found[n]?.tensor
      return tensor ? [[keyOf(weight.path, weight.name), tensor] as const] : []
    }),
  )
}

/** By the most of its path that a name spells out, else by its layer; in a group of one layer the variable alone will do. */
function named(weights: readonly LegacyWeight[]): (wanted: Wanted) => LegacyWeight | undefined {
  const whole = new Map(weights.map(weight => [weight.name, weight]))
  const short = unique(weights, weight => shortName(weight.name))
  const last = unique(weights, weight => weight.name.split('/').at(-1) as string)
  return ({ path, name }) => {
    for (const spelling of spellings(name)) {
      for (let from = 0; from < path.length; from += 1) {
        const weight = whole.get([...path.slice(from), spelling].join('/'))
        if (weight) return weight
      }
      const weight = short.get(`${path.at(-1)}/${spelling}`) ?? (path.length === 1 ? last.get(spelling) : undefined)
      if (weight) return weight
    }
    return undefined
  }
}

/** Entries by a key; null where several share it. */
function unique<T>(entries: readonly T[], keyed: (entry: T) => string): ReadonlyMap<string, T | null> {
  const map = new Map<string, T | null>()
  for (const entry of entries) map.set(keyed(entry), map.has(keyed(entry)) ? null : entry)
  return map
}

/** Keras' order; where what the names end in says otherwise, that of the layers, one after the other. */
function inOrder(wanted: readonly Wanted[], weights: readonly LegacyWeight[]): ReadonlyMap<Wanted, Tensor> {
  const trainedFirst = [...wanted.filter(({ isTrained }) => isTrained), ...wanted.filter(({ isTrained }) => !isTrained)]
  const agrees = (order: readonly Wanted[]): boolean =>
    order.every(({ name }, n) => spellings(name).includes(weights[n]?.name.split('/').at(-1) as string))
  const order = !agrees(trainedFirst) && agrees(wanted) ? wanted : trainedFirst
  return new Map(order.map((weight, n) => [weight, (weights[n] as LegacyWeight).tensor]))
}

/** All weights within a layer, one layer after the other. */
function wantedOf(layer: LayerConfig, parents: readonly string[] = [], isFrozen = false): readonly Wanted[] {
  const path = [...parents, layer.name]
  const fields = new Fields(isObject(layer.config) ? layer.config : {}, layer.where)
  const isTrained = !isFrozen && fields.get('trainable') !== false && fields.get('trainable') !== 0
  if (!modelClasses.includes(layer.className)) {
    return variablesOf(layer.className, fields).map(name => ({
      path,
      name,
      isTrained: isTrained && !isStatistic(name),
    }))
  }
  if (path.length > maxDepth) return []
  const model = parseModel({ class_name: layer.className, config: layer.config }, layer.where)
  return model.layers.flatMap(inner => wantedOf(inner, path, !isTrained))
}

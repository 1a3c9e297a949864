import type { Model, Shape, Tensor } from '@depthwise/core'
import type { JsonObject } from '../json.ts'
import { readConfig } from '../keras/model.ts'
import { spellings } from '../keras/variables.ts'
import type { WeightSource } from '../keras/weights.ts'

/** A layers-model: Keras' configuration, bare or as Keras wraps it, and weights named `SCOPES/LAYER/VARIABLE`. */
export function readLayersModel(topology: JsonObject, tensors: ReadonlyMap<string, Tensor>, inputShape?: Shape): Model {
  const config = topology['model_config'] ?? topology
  // TensorFlow.js itself writes no version of Keras, and computes as Keras 2 does.
  const version = topology['keras_version'] ?? '2'
  return readConfig(config, { format: 'tfjs', weightsFor: () => sourceOf(tensors), inputShape, version })
}

/** Finds a weight by the whole path of its layer, else by the layer alone, which is how TensorFlow.js names them. */
function sourceOf(tensors: ReadonlyMap<string, Tensor>): WeightSource {
  const short = new Map<string, Tensor>()
  for (const [name, tensor] of tensors) {
    const key = name.split('/').slice(-2).join('/')
    if (!short.has(key)) short.set(key, tensor)
  }
  return (path, variable) => {
    for (const name of spellings(variable.name)) {
      const own = `${path.at(-1)?.name}/${name}`
      const whole = [...path.map(step => step.name), name].join('/')
      const found = tensors.get(whole) ?? tensors.get(own) ?? short.get(own)
      if (found) return found
    }
    return undefined
  }
}

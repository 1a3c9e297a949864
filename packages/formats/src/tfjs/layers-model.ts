import type { Model, Shape, Tensor } from '@depthwise/core'
import type { JsonObject } from '../json.ts'
import { readConfig } from '../keras/model.ts'
import type { WeightSource } from '../keras/weights.ts'

/** A layers-model: Keras' configuration, bare or as Keras wraps it, and weights named `SCOPES/LAYER/VARIABLE`. */
export function readLayersModel(topology: JsonObject, tensors: ReadonlyMap<string, Tensor>, inputShape?: Shape): Model {
  const config = topology['model_config'] ?? topology
  return readConfig(config, sourceOf(tensors), 'tfjs', inputShape)
}

/** Finds a weight by the whole path of its layer, else by the layer alone, which is how TensorFlow.js names them. */
function sourceOf(tensors: ReadonlyMap<string, Tensor>): WeightSource {
  const short = new Map<string, Tensor>()
  for (const [name, tensor] of tensors) {
    const key = name.split('/').slice(-2).join('/')
    if (!short.has(key)) short.set(key, tensor)
  }
  return (path, { name }) => {
    const whole = [...path.map(step => step.name), name].join('/')
    return (
      tensors.get(whole) ?? tensors.get(`${path.at(-1)?.name}/${name}`) ?? short.get(`${path.at(-1)?.name}/${name}`)
    )
  }
}

import type { Tensor } from '@depthwise/core'
import type { VariableName } from './variables.ts'

/** A layer, as the files that keep its weights call it. */
export interface LayerStep {
  readonly name: string
  /** Keras 3 counts the layers of each class of a model: `conv2d`, `conv2d_1`. */
  readonly slot: string
}

/** One variable of a layer. */
export interface Variable {
  readonly name: VariableName
  /** Its place among the variables the layer has. */
  readonly index: number
}

/** Where an importer finds the weights of a layer; `path` leads to it through the models it stands in. */
export type WeightSource = (path: readonly LayerStep[], variable: Variable) => Tensor | undefined

/** How Keras 3 spells the name of a class where it counts layers. */
function slotName(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/** The slots of the layers of a model, by their names. */
export function slotsOf(
  layers: readonly { readonly name: string; readonly className: string }[],
): ReadonlyMap<string, string> {
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

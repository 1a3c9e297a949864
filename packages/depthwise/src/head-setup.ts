import type { Model } from '@depthwise/core'
import type { HeadSetup } from './task.ts'

/**
 * What a network with other outputs than classes gives; undefined for classifiers and extractors of features. Only for graphs that may
 * have such outputs is anything loaded.
 */
export async function headSetupOf(model: Model): Promise<HeadSetup | undefined> {
  if (!mayHaveHead(model)) return undefined
  const { setUpHead } = await import('./heads.ts')
  return setUpHead(model)
}

/** Whether a network has several outputs, or one with other axes than a batch and one of classes, or something behind it. */
function mayHaveHead({ graph, tail }: Model): boolean {
  if (graph.outputs.length !== 1 || tail) return true
  const output = graph.nodes.find(({ id }) => id === graph.outputs[0])
  return output?.shape.slice(1, -1).some(extent => extent > 1) ?? false
}

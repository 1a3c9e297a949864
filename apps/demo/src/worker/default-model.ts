import { readModel } from '@depthwise/formats'
import checkpointUrl from '@depthwise/models/default.depthwise?url'
import { isolateDrawing } from '@depthwise/models/drawing'
import type { ModelFacts } from './protocol.ts'
import { hold } from './rooms.ts'

let opening: Promise<ModelFacts> | null = null

/** The checkpoint that comes with the page: digits and shapes, drawn by hand. Loaded once, however often it is asked for. */
export function openDefault(): Promise<ModelFacts> {
  opening ??= open().catch(error => {
    opening = null
    throw error
  })
  return opening
}

async function open(): Promise<ModelFacts> {
  const response = await fetch(checkpointUrl)
  if (!response.ok) throw new Error(`${checkpointUrl}: ${response.status} ${response.statusText}`)
  const model = readModel(new Uint8Array(await response.arrayBuffer()))
  const input = model.graph.nodes.find(node => node.op.kind === 'input')
  const [, height = 1, width = 1] = input?.shape ?? []
  return hold('drawing', model, undefined, image => isolateDrawing(image, [height, width]))
}

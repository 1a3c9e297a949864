import { readModel } from '@depthwise/formats'
import { pictureInput } from '@depthwise/models'
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
  const { size } = pictureInput(model.graph)
  return hold('drawing', model, undefined, image => isolateDrawing(image, size))
}

import { readModel } from '@depthwise/formats/saved'
import { imageInput } from '@depthwise/models'
import { isolateDrawing } from '@depthwise/models/drawing'
import type { ModelFacts } from './protocol.ts'
import { hold } from './rooms.ts'

/** The checkpoint that comes with the page, which has fetched it meanwhile: digits and shapes, drawn by hand. */
export async function openDefault(bytes: Uint8Array): Promise<ModelFacts> {
  const model = await readModel(bytes)
  const { size } = imageInput(model.graph)
  return hold('drawing', model, { prepare: image => isolateDrawing(image, size) })
}

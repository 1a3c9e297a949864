import { readModel } from '@depthwise/formats'
import { type Classifier, createClassifier, type Prediction } from '@depthwise/models'
import { isolateDrawing } from '@depthwise/models/drawing'
import { reference, wasm } from '@depthwise/ops-cpu'

/** What is told of a picture, here and by the server. */
export interface Answer {
  predictions: readonly Prediction[]
  milliseconds: number
  /** Where it was computed. */
  where: string
}

/** A classifier from the bytes of a file of `writeModel`; the same code in the browser and in Node. */
export async function openClassifier(bytes: Uint8Array): Promise<Classifier> {
  return createClassifier(await readModel(bytes), { backends: [wasm(), reference()], prepare: isolateDrawing })
}

import type { Shape } from '@depthwise/core'
import type { Form } from '../peers/peer.ts'
import type { Subject } from './subject.ts'

/** Names and shapes of a network of one input and one output. */
export interface Doors {
  readonly inputName: string
  readonly inputShape: Shape
  readonly outputName: string
}

/** What `subject.json` says in the folder of a network. */
export interface Description {
  readonly subject: Subject
  readonly doors: Doors
}

/** Which files of the folder a runtime needs, by form. */
export const filesOfForm: { readonly [F in Form]: readonly string[] } = {
  authored: ['authored.json', 'authored.bin'],
  clamped: ['clamped.json', 'clamped.bin'],
  onnx: ['network.onnx'],
  tflite: ['network.tflite'],
}

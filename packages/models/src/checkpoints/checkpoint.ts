import type { Preprocessing } from '@depthwise/core'
import type { Architecture } from '../networks/architecture.ts'

/** A checkpoint that its makers publish for everybody, and what they say of it. Nothing is fetched by knowing it. */
export interface PublishedCheckpoint {
  /** What it is called here: who publishes it, version, alpha, resolution. */
  readonly name: string
  readonly format: 'tflite' | 'keras' | 'safetensors' | 'onnx'
  /** With the resolution it was trained at, which files of bare weights do not tell. */
  readonly architecture: Architecture & { readonly resolution: number }
  readonly preprocessing: Preprocessing
  /** Top-1 accuracy on ImageNet's validation set, in percent, and who says so; absent where nobody does of this very file. */
  readonly top1?: { readonly percent: number; readonly source: string }
  readonly licence: string
  /** Where its publisher tells of it. */
  readonly page: string
  /** Where its publisher keeps the file. */
  readonly url: string
  /** Of the file, in lower-case hex, where it is known. */
  readonly sha256?: string
}

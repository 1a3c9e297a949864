import type { FileSpec, NodeSpec } from '@depthwise/testing/files/onnx-file'

// Files as torch, Keras' converter and quantisers write them, against onnxruntime on the same bytes.

export const image = { x: [1, 3, 8, 6] } as const

/** One operator, or a few, on an image. */
export function onImage(nodes: readonly NodeSpec[], more: Partial<FileSpec> = {}): FileSpec {
  return { inputs: image, outputs: ['y'], nodes, ...more }
}

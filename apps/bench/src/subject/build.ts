import type { Network, Shape } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { builderOptions } from './builder-options.ts'
import type { Doors } from './description.ts'
import { reals } from './random.ts'
import { randomParams } from './random-params.ts'
import type { Subject } from './subject.ts'

const networkSeed = 20
const inputSeed = 21

/** The network as its builder makes it, batch norms included, with seeded weights. */
export function buildNetwork(subject: Subject): Network {
  const build = subject.model === 'v1' ? mobileNetV1 : mobileNetV2
  const graph = build(builderOptions(subject))
  return { graph, params: randomParams(graph, networkSeed) }
}

export function doorsOf({ graph }: Network): Doors {
  const nodes = nodeIndex(graph)
  const [input, output] = [nodes.get(graph.inputs[0] as number), nodes.get(graph.outputs[0] as number)]
  if (!input || !output) throw new Error('a network without input or output')
  return { inputName: input.name, inputShape: input.shape, outputName: output.name }
}

/** An image of noise in [-1, 1), the range preprocessing leaves. */
export function noise(shape: Shape): Float32Array {
  const real = reals(inputSeed)
  const values = new Float32Array(shape.reduce((count, extent) => count * extent, 1))
  for (let i = 0; i < values.length; i += 1) values[i] = 2 * real() - 1
  return values
}

/** The same image plane by plane, as ONNX networks take it. */
export function toPlanes(values: Float32Array, [, height, width, channels]: Shape): Float32Array {
  const [rows, columns, depth] = [height as number, width as number, channels as number]
  const planes = new Float32Array(values.length)
  for (let pixel = 0; pixel < rows * columns; pixel += 1) {
    for (let c = 0; c < depth; c += 1) planes[c * rows * columns + pixel] = values[pixel * depth + c] as number
  }
  return planes
}

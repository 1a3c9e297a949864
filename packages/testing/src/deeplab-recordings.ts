import type { CompileOptions, Inputs, Network, Node, NodeId, Outputs, Tensor } from '../../core/src/index.ts'
import { readTFLite } from '../../formats/src/index.ts'
import { readGolden } from './recordings.ts'
import { sharedBytes } from './shared-folder.ts'

/** DeepLab v3 on V2 0.5, and the photos that LiteRT recorded answers for. */
export const deepLabs = {
  deeplab_v3_mnv2_257_float: ['cat', 'segmentation_input_rotation0'],
  deeplab_v3_mnv2_dm05_513_uint8: ['cat', 'bird_segmentation'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type DeepLabName = keyof typeof deepLabs

/** A DeepLab whose logits are known before they are resized to the image. */
export interface DeepLab extends Network {
  readonly options: CompileOptions
  /** What a photo is for it. */
  inputs(photo: string): Inputs
  /** How far the answers for a photo are from those recorded. */
  deviation(outputs: Outputs, photo: string): Deviation
}

export interface Deviation {
  /** Of the logits in front of the last resize, as a share of the largest one. */
  readonly logits: number
  /** The share of pixels whose largest logit is another class's. */
  readonly classes: number
}

/** Reads one, in the integers that it has. */
export async function readDeepLab(name: DeepLabName): Promise<DeepLab> {
  const { graph, params } = await readTFLite(sharedBytes(`heads/${name}.tflite`), { arithmetic: 'integer' })
  const nodeOf = (id: NodeId): Node => graph.nodes.find(node => node.id === id) as Node
  const [input, output] = [nodeOf(graph.inputs[0] as NodeId), nodeOf(graph.outputs[0] as NodeId)]
  const small = nodeOf(output.inputs[0] as NodeId)
  const recorded = (photo: string, what: string): Tensor => readGolden(`heads/golden/${name}.${photo}.${what}.npy`)
  return {
    graph,
    params,
    options: { expose: [small.id] },
    inputs: photo => ({ [input.name]: recorded(photo, 'input') }),
    deviation(outputs, photo) {
      const logits = recorded(photo, 'output.logits_33').data
      const classes = recorded(photo, 'output.classes').data
      const [found, whole] = [outputs[small.name] as Tensor, outputs[output.name] as Tensor]
      return { logits: furthest(found.data, logits), classes: otherClasses(whole, classes) }
    },
  }
}

function furthest(found: ArrayLike<number>, recorded: Tensor['data']): number {
  let [largest, worst] = [0, 0]
  for (const [i, value] of recorded.entries()) {
    largest = Math.max(largest, Math.abs(value))
    worst = Math.max(worst, Math.abs(value - (found[i] as number)))
  }
  return worst / largest
}

/** The first of equals is the largest. */
function otherClasses({ data, shape }: Tensor, classes: Tensor['data']): number {
  const count = shape.at(-1) as number
  let other = 0
  for (const [pixel, recorded] of classes.entries()) {
    let best = 0
    for (let c = 1; c < count; c++) if (data[pixel * count + c]! > data[pixel * count + best]!) best = c
    if (best !== recorded) other += 1
  }
  return other / classes.length
}

import { type Graph, type Metadata, type Model, type NodeId, type Shape, UnsupportedOpError } from '@depthwise/core'
import { checkParams, elementCount, verify } from '@depthwise/core/backend'
import { type ArithmeticName, keepsIntegers } from '../arithmetic.ts'
import { imageChannels } from '../image-channels.ts'
import type { InputShapes } from '../input-shapes.ts'
import { realNodes } from '../real-nodes.ts'
import { within } from '../within.ts'
import { TFLiteFile } from './file.ts'
import { GraphImport } from './graph.ts'
import { normalizationOfQuantization } from './normalization.ts'
import type { TailImport } from './tail.ts'

/** What a TFLite file may leave open. */
export interface ReadTFLiteOptions {
  /**
   * Shapes of inputs, as the file has their axes, where it leaves extents open: by name, or by a function that is asked for
   * each input of which more than the batch is open, whether the file states a size for it or not. -1, or nothing from the
   * function, keeps that of the file. An open batch is the file's, which is 1 mostly.
   */
  readonly inputShapes?: InputShapes
  /**
   * What becomes of values that the file stores as bytes. `integer`, the default: quantized values with the file's scales and zero
   * points, weights and biases as they are stored; what has no quantized op here is computed in reals between `dequantize` and
   * `quantize`, and `metadata.realNodes` says why. `real`: reals that are clamped to what those bytes can hold, which every
   * backend computes.
   */
  readonly arithmetic?: ArithmeticName
  /**
   * Whether nodes have the names of their tensors as the file has them. Converters name a fused tensor by all its origins, joined
   * by semicolons; by default a node has the first of these, inputs and outputs aside.
   */
  readonly wholeNames?: boolean
}

/** Reads bytes that begin as a TFLite file does. `readTFLite` says what comes out, and what is thrown. */
export async function readTFLiteFile(bytes: Uint8Array, options: ReadTFLiteOptions): Promise<Model> {
  const isInteger = keepsIntegers(options.arithmetic)
  const file = new TFLiteFile(bytes)
  const operators = [...file.operators()]
  const network = within(
    'subgraph',
    () => new GraphImport(file, operators, options.inputShapes, isInteger, options.wholeNames),
  )
  for (const index of file.inputs) within('subgraph inputs', () => network.addInput(index))
  let following: TailImport | null = null
  for (const operator of operators) {
    if (following?.feeds(operator)) following.add(operator)
    else {
      try {
        network.addOperator(operator)
      } catch (error) {
        if (!(error instanceof UnsupportedOpError)) throw error
        const { mayBegin, mayFollow, TailImport } = await import('./tail.ts')
        if (!mayFollow(operator) || !operators.some(mayBegin)) throw error
        following ??= new TailImport(network, operators, error)
        following.add(operator)
      }
    }
  }
  const tail = following?.finish()
  const graph = within('subgraph outputs', () => network.finish())
  within('subgraph', () => {
    verify(graph)
    checkParams(graph, network.params)
  })
  return {
    graph,
    params: network.params,
    metadata: await readMetadata(bytes, file, network, graph),
    ...(tail && { tail }),
  }
}

async function readMetadata(
  bytes: Uint8Array,
  file: TFLiteFile,
  network: GraphImport,
  graph: Graph,
): Promise<Metadata> {
  const attached = file.attachment('TFLITE_METADATA')
  const shapeOf = (id: NodeId | undefined): Shape => graph.nodes.find(node => node.id === id)?.shape ?? []
  const [, ...extents] = shapeOf(graph.outputs[0])
  const classes = [elementCount(extents), extents.at(-1) ?? 0]
  const channels = imageChannels(shapeOf(graph.inputs[0]))
  // Few files have a description; those that do may bring an archive of labels, which takes a decompressor to read.
  const description = attached && (await import('./metadata.ts')).readDescription
  const described = description && within('TFLITE_METADATA', () => description(attached, bytes, classes, channels))
  const { normalization: declared, ...rest } = described ?? {}
  const implied = channels === null ? null : impliedNormalization(file, network)
  const normalization = implied?.name ?? declared ?? implied?.exact
  const quantized = network.inputQuantization.size > 0
  const reals = realNodes(graph, network.realProducts)
  return {
    format: 'tflite',
    ...rest,
    ...(normalization && { preprocessing: { normalization } }),
    ...(quantized && { inputQuantization: Object.fromEntries(network.inputQuantization) }),
    ...(Object.keys(reals).length > 0 && { realNodes: reals }),
  }
}

/**
 * What scale and zero point of the only input say. A convention counts for more than a description, since the net was
 * trained with it; other numbers for less, since they may only be the range of some images.
 */
function impliedNormalization(file: TFLiteFile, network: GraphImport) {
  const [quantization, ...others] = network.inputQuantization.values()
  const input = file.tensor(file.inputs[0] as number, 'subgraph inputs')
  if (!quantization || others.length > 0) return null
  return normalizationOfQuantization(quantization, input.type === 'INT8' ? 'INT8' : 'UINT8')
}

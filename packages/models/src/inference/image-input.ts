import { type Graph, type Preprocessing, ShapeError } from '@depthwise/core'
import { nodeLabel, type PerTensorQuantization, type Size2 } from '@depthwise/core/backend'
import { normalizationAffine, normalize, type PixelSource, preprocess, toGrayscale } from '../pixels/index.ts'

/** The input of a network that looks at images. */
export interface ImageInput {
  readonly name: string
  readonly size: Size2
  /** 3 for RGB, 1 for grey levels. */
  readonly channels: 1 | 3
  /** `uint8` without a quantization: the graph takes the bytes as they are and normalises them itself. */
  readonly dtype: 'float32' | 'uint8' | 'int8'
  /** How the integers of a quantized network stand for normalised pixels. */
  readonly quantization?: PerTensorQuantization
}

/**
 * The only input of a graph, if images fit it.
 * @throws ShapeError naming the input otherwise
 */
export function imageInput(graph: Graph): ImageInput {
  const [input, ...others] = graph.nodes.filter(node => graph.inputs.includes(node.id))
  if (!input || others.length > 0) {
    const found = `${graph.inputs.length} inputs`
    throw new ShapeError({ where: 'network', expected: 'one input, for a picture', found })
  }
  const { name, shape, dtype, quantization } = input
  const [, height = 0, width = 0, channels = 0] = shape
  const isElement = dtype === 'float32' || dtype === 'uint8' || (dtype === 'int8' && quantization)
  if (!isElement || shape.length !== 4 || (channels !== 1 && channels !== 3)) {
    const expected =
      'float32 or uint8 pictures, or quantized ones, [batch, height, width, 3] or, of grey levels, [.., 1]'
    throw new ShapeError({ where: nodeLabel(input), expected, found: `${dtype} ${shape.join('x')}` })
  }
  const size = [height, width] as const
  // An input has one scale and zero point, as every value of a graph.
  return { name, size, channels, dtype, ...(quantization && { quantization: quantization as PerTensorQuantization }) }
}

/** An image as the values of an input without a quantization: normalised pixels, or their bytes. */
export function plainValues(
  image: PixelSource,
  { size, channels, dtype }: ImageInput,
  preprocessing: Preprocessing,
): Float32Array | Uint8Array {
  if (channels === 3 && dtype === 'float32') return preprocess(image, preprocessing, size)
  const bytes = Uint8Array.from(preprocess(image, { ...preprocessing, normalization: 'raw' }, size), toByte)
  const [height, width] = size
  const pixels = channels === 3 ? bytes : toGrayscale({ height, width, channels: 3, data: bytes })
  if (dtype === 'float32') return normalize(pixels, preprocessing.normalization, channels)
  // The graph normalises bytes itself, but takes them in its own order.
  const { order } = normalizationAffine(preprocessing.normalization, channels)
  return order === 'bgr' ? Uint8Array.from(normalize(pixels, { mean: 0, std: 1, order }, channels)) : pixels
}

/** Resizes without antialias leave reals, and bicubic ones overshoot. */
const toByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)))

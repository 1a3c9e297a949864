import { type Quantization, type Shape, type Tensor, tensor } from '@depthwise/core'
import { elementCount, type ParamName } from '@depthwise/core/backend'
import { permute } from '../../../permute.ts'
import { reorder } from '../../layout.ts'
import type { Constant, StoredIntegers } from '../constant.ts'
import type { Operation } from '../operation.ts'

// Weights and biases of products: where values stay integers, as they are stored, with the scales that they have in the file.

/** How weights of a file become weights here. */
interface Moved {
  /** The file's, in as many axes as there are to move. */
  readonly extents: Shape
  readonly order: readonly number[]
  /** Here, where it is not `extents` in that order. */
  readonly shape?: Shape
  /** The axis of the weights here from which output channels are counted, and the one in the file along which they run. */
  readonly axis: number
  readonly fileAxis: number
  /** What they are multiplied by. Default 1. */
  readonly factor?: number
}

/** Files the weights of the product that computes the result, and names them. */
export function weightsParam(operation: Operation, weights: Constant, moved: Moved): ParamName {
  const { extents, order, shape = reorder(extents, order), axis, fileAxis, factor = 1 } = moved
  const { stored } = weights
  const isStored = stored && stored.type !== 'INT32' && (stored.scales.length === 1 || stored.axis === fileAxis)
  if (!operation.keepsIntegers || !isStored || factor !== 1) {
    return operation.param('weights', shape, scaled(permute(realsOf(weights), extents, order), factor))
  }
  // Bytes are exact in float32.
  const bytes = permute(Float32Array.from(stored.numbers()), extents, order)
  const data = stored.type === 'INT8' ? Int8Array.from(bytes) : Uint8Array.from(bytes)
  return operation.storedParam('weights', withScales(tensor(shape, data), stored, axis))
}

/** Files the bias of the product that computes the result, and names it. */
export function biasParam(operation: Operation, bias: Constant): ParamName {
  const { stored } = bias
  if (!operation.keepsIntegers || stored?.type !== 'INT32')
    return operation.param('bias', [elementCount(bias.shape)], bias.numbers())
  const data = Int32Array.from(stored.numbers())
  return operation.storedParam('bias', withScales(tensor([data.length], data), stored, 0))
}

function withScales(plain: Tensor, { scales, zeroPoints }: StoredIntegers, axis: number): Tensor {
  const [scale, zeroPoint] = [scales[0] as number, zeroPoints[0] as number]
  const quantization: Quantization =
    scales.length === 1 ? { scale, zeroPoint } : { scale: scales, zeroPoint: zeroPoints, axis }
  return { ...plain, quantization }
}

export function realsOf(constant: Constant): Float32Array {
  const numbers = constant.numbers()
  return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers)
}

export function scaled(values: Float32Array, factor: number): Float32Array {
  return factor === 1 ? values : values.map(value => value * factor)
}

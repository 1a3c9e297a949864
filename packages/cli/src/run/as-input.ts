import { dequantized, GraphError, type Model, type Node, type Tensor, zeros } from '@depthwise/core'
import { quantizeInto } from '@depthwise/core/backend'

/** The integers that hold pixels in quantised files, and the values they reach. */
const ranges: Readonly<Partial<Record<Tensor['dtype'], readonly [min: number, max: number]>>> = {
  uint8: [0, 255],
  int8: [-128, 127],
}

/**
 * A tensor as a network's input takes it. A quantized input takes integers of its own type as they are stored, and reals quantised
 * by its scale and zero point; an input of reals takes these as they are, and uint8 and int8 as the reals they stand for under the
 * file's scale and zero point.
 * @param where names the tensor in errors
 * @throws GraphError for integers that the network does not say how to read
 */
export function asInput(given: Tensor, input: Node, metadata: Model['metadata'], where: string): Tensor {
  if (given.dtype === input.dtype) return given
  if (input.quantization) return quantized(given, input, where)
  const range = ranges[given.dtype]
  const quantization = metadata.inputQuantization?.[input.name]
  if (input.dtype !== 'float32' || !range) {
    throw new GraphError({ where, expected: `${input.dtype} values`, found: given.dtype })
  }
  if (!quantization) {
    const expected = 'float32 values, since the checkpoint has no scale and zero point for integers'
    throw new GraphError({ where, expected, found: given.dtype })
  }
  const { zeroPoint } = quantization
  if (zeroPoint < range[0] || zeroPoint > range[1]) {
    const other = given.dtype === 'uint8' ? 'int8' : 'uint8'
    throw new GraphError({
      where,
      expected: `${other} (the checkpoint's zero point is ${zeroPoint})`,
      found: given.dtype,
    })
  }
  return dequantized({ ...given, quantization })
}

function quantized({ dtype, shape, data }: Tensor, input: Node, where: string): Tensor {
  if (dtype !== 'float32') {
    const expected = `${input.dtype} values as the network stores them, or float32 to quantise`
    throw new GraphError({ where, expected, found: dtype })
  }
  const stored = zeros(shape, input.dtype)
  quantizeInto(data, input, stored.data)
  return stored
}

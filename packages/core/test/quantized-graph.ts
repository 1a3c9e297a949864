import type { PerAxisQuantization } from '../src/backend.ts'
import { type ElementType, type Graph, GraphBuilder, type Params, type Tensor, tensor } from '../src/index.ts'

export const uint8: ElementType = { dtype: 'uint8', quantization: { scale: 1 / 128, zeroPoint: 128 } }
export const int8: ElementType = { dtype: 'int8', quantization: { scale: 0.05, zeroPoint: -3 } }

/** Reals in, reals out; between them a convolution, a pool and a sum of bytes, as files of quantized networks have them. */
export function quantizedGraph(): Graph {
  const b = new GraphBuilder()
  const x = b.quantize(b.input([1, 4, 4, 3], { name: 'x' }), uint8, { name: 'bytes' })
  const signed = b.quantize(x, int8, { name: 'signed' })
  const y = b.conv2d(signed, { name: 'conv', kernel: 3, filters: 2, elements: int8 })
  const pooled = b.maxPool(y, { name: 'pool', kernel: 2, strides: 2 })
  const sum = b.add(pooled, pooled, { name: 'sum', elements: int8 })
  return b.build([sum, b.dequantize(b.flatten(sum, { name: 'flat' }), { name: 'reals' })])
}

/** Of one value an output channel, as `conv` wants them. */
export const perChannel: PerAxisQuantization = { scale: [0.01, 0.02], zeroPoint: [0, 0], axis: 3 }

export function quantizedParams(): Params {
  const weights = Int8Array.from({ length: 54 }, (_, i) => ((i * 37) % 255) - 127)
  return new Map<string, Tensor>([
    ['conv/weights', { ...tensor([3, 3, 3, 2], weights), quantization: perChannel }],
    ['conv/bias', tensor([2], Int32Array.of(1000, -2000))],
  ])
}

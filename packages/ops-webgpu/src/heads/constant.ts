import type { Tensor } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { kernel, reads, writes } from '../kernels/kernel.ts'
import { stored } from '../kernels/wgsl.ts'
import { type Layout, layoutOf, spread } from '../plan/layout.ts'
import type { Packed } from '../plan/params.ts'
import type { Launch, LoweringContext } from '../plan/rules.ts'

/** A copy of what stands among the parameters, for each item of the batch, in the layout of a value. */
export function lowerConstant(op: OpOf<'constant'>, { node, output, params }: LoweringContext): Launch {
  const item = layoutOf([1, ...op.item], output.dtype)
  const isReal = output.dtype !== 'bytes'
  const w = reads('w', { dtype: isReal ? 'float32' : 'bytes' })
  const vector = `w[index % ${item.rows * item.groups}u]`
  return {
    kernel: kernel({
      name: `constant${isReal ? '' : '_i8'}${output.dtype === 'float16' ? '_f16' : ''}`,
      bindings: [w, writes('y', output)],
      body: `y[index] = ${isReal ? stored(output, vector) : vector};`,
      total: output.rows * output.groups,
      workgroup: 64,
    }),
    params: packed(item, params.get(op.value) as Tensor, node.dtype === 'uint8' ? 0x80 : 0),
  }
}

/** One item in rows of whole vectors. Unsigned bytes lie in memory with their top bit flipped. */
function packed(item: Layout, { data }: Tensor, flip: number): Packed {
  const isReal = item.dtype !== 'bytes'
  const elements = item.rows * item.groups * 4
  return {
    length: isReal ? elements : Math.ceil(elements / 16) * 4,
    dtype: 'float32',
    write(target) {
      if (isReal) spread(item, data, target)
      else {
        const bytes = new Uint8Array(target.buffer, target.byteOffset, elements)
        spread(
          item,
          Uint8Array.from(data, byte => (byte & 255) ^ flip),
          bytes,
        )
      }
    },
  }
}

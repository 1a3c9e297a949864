import { sameShape } from '../tensor.ts'
import { image, misfit, type OpDefinition, only } from './definition.ts'
import { unchanged } from './elements.ts'
import * as field from './field.ts'
import type { Size2 } from './window.ts'

/**
 * Channels to blocks of pixels: `y[i * h + a, j * w + b, c] = x[i, j, (a * w + b) * C + c]` for blocks of `h` by `w` pixels and `C`
 * channels of the result (ONNX's DepthToSpace in mode DCR, TFLite's DEPTH_TO_SPACE). Rows and columns beyond `size` are left out,
 * fewer than a block of each: with a convolution before it, this is a transposed convolution.
 */
export interface DepthToSpaceOp {
  readonly kind: 'depthToSpace'
  /** Rows and columns of pixels that the channels of one hold. */
  readonly block: Size2
  /** `[height, width]` of the result. */
  readonly size: Size2
}

export const depthToSpace: OpDefinition<DepthToSpaceOp> = {
  attributes: { block: field.size2, size: field.size2 },
  shape({ block, size }, operands, where) {
    const [n, pixels, channels] = image(only(operands, 1, where), where)
    const held = block[0] * block[1]
    if (channels % held !== 0) misfit(where, `channels that ${held} divides`, `${channels}`)
    for (const axis of [0, 1] as const) {
      const whole = pixels[axis] * block[axis]
      const fits = size[axis] <= whole && size[axis] > whole - block[axis]
      if (!fits) misfit(where, `a size of ${whole}, less a part of a block, along axis ${axis + 1}`, `${size[axis]}`)
    }
    return [n, ...size, channels / held]
  },
  elements: unchanged,
  words: ({ block, size }) => [`blocks of ${block.join('x')}`, `to ${size.join('x')}`],
  isIdentity: (_op, [operand], result) => operand !== undefined && sameShape(operand, result),
  range: (_op, operand) => operand,
  traits: {},
}

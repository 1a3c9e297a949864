import type { Tensor } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'

/** Moves the channels of each pixel of the result, which follow one another in the operand: of reals or of bytes. */
export function depthToSpace(
  { block }: OpOf<'depthToSpace'>,
  { input, output }: { readonly input: Tensor; readonly output: Tensor },
): void {
  const [, rows, columns, channels] = output.shape as readonly [number, number, number, number]
  const [, height, width, held] = input.shape as readonly [number, number, number, number]
  for (let to = 0, pixel = 0; to < output.data.length; to += channels, pixel++) {
    const [x, y] = [pixel % columns, Math.floor(pixel / columns) % rows]
    const item = Math.floor(pixel / (columns * rows))
    const [i, j] = [Math.floor(y / block[0]), Math.floor(x / block[1])]
    const from = ((item * height + i) * width + j) * held + ((y % block[0]) * block[1] + (x % block[1])) * channels
    output.data.set(input.data.subarray(from, from + channels), to)
  }
}

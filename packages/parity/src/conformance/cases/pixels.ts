import type { DType } from '@depthwise/core'
import { type Case, on } from './case.ts'

const scales: Readonly<Record<DType, readonly number[]>> = {
  float32: [1, 0.5, 2],
  uint8: [1 / 127.5, 0.01, 0.02],
  int8: [0.01, 0.02, 0.03],
  int32: [1e-6, 2e-6, 3e-6],
}

/** Pixels as they come out of images, normalised: by itself, by the stem that reads them, and in front of a whole block. */
export const pixelCases: readonly Case[] = (Object.keys(scales) as DType[]).map(dtype =>
  on(
    `${dtype} pixels`,
    [2, 7, 6, 3],
    (b, x) => {
      const reals = () => b.affine(x, { scale: scales[dtype], offset: [-1, 0.5, 0] })
      const stems = () => [
        b.relu6(b.conv2d(reals(), { kernel: 3, strides: 2, filters: 5 })),
        b.conv2d(reals(), { kernel: 1, filters: 4 }),
      ]
      const blocks = stems().map(stem =>
        b.conv2d(b.relu6(b.depthwiseConv2d(stem, { kernel: 3 })), { kernel: 1, filters: 6 }),
      )
      return [reals(), ...stems(), ...blocks]
    },
    dtype,
  ),
)

import { arbitraryQuantizedNetwork } from '@depthwise/testing/arbitrary-quantized-graph'
import { quantizedEdgeCases } from '@depthwise/testing/quantized-edge-cases'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { expectBytes, multiplications } from './expect-bytes.ts'
import { tilings } from './tilings.ts'

describe.each(Object.entries(multiplications))(
  'quantized networks by %s have the bytes of the reference',
  (_, options) => {
    it.each(quantizedEdgeCases)('$name', async ({ network }) => expectBytes(options, network()))

    // Most of the time goes into compiling kernels.
    it.each(Object.entries(tilings))(
      'drawn at random, tiled by %s',
      async (_tiling, tiles) => {
        const property = fc.asyncProperty(arbitraryQuantizedNetwork(), network =>
          expectBytes({ ...options, tiles }, network),
        )
        await fc.assert(property, runs(4, 2500))
      },
      7_200_000,
    )
  },
)

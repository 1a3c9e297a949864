import fc from 'fast-check'
import { printGraph } from '../../core/src/index.ts'
import type { QuantizedNetwork } from './quantized-draft.ts'
import { quantizedNetwork } from './quantized-network.ts'

/** How large a random network gets. */
export interface QuantizedNetworkOptions {
  readonly maxSteps?: number
}

/** Random quantized networks, which shrink to fewer steps and print as `printGraph` does. */
export function arbitraryQuantizedNetwork({
  maxSteps = 6,
}: QuantizedNetworkOptions = {}): fc.Arbitrary<QuantizedNetwork> {
  return fc
    .record({ seed: fc.noShrink(fc.integer()), steps: fc.integer({ min: 1, max: maxSteps }) })
    .map(({ seed, steps }) => {
      const network = quantizedNetwork(seed, steps)
      return Object.defineProperty(network, fc.toStringMethod, {
        value: () => `\nquantizedNetwork(${seed}, ${steps})\n${printGraph(network.graph)}\n`,
      })
    })
}

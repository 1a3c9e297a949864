import { QuantizedDraft, type QuantizedNetwork } from './quantized-draft.ts'
import { addStep } from './quantized-steps.ts'

/**
 * The quantized network of a seed, with parameters and inputs: over every op that bytes have, int8 and uint8 side by side, weights of
 * uint8 with a zero point and of int8 with a scale for each channel, zero points at both ends of the range, ties, multipliers
 * above 1, sums near 2^31, windows over padding, groups, dilation, depthwise multipliers, batches. Every backend of integers computes
 * the same bytes of it.
 */
export function quantizedNetwork(seed: number, steps: number): QuantizedNetwork {
  const draft = new QuantizedDraft(seed)
  const batch = draft.choose([1, 1, 2, 3])
  const shape = [batch, draft.from(1, 6), draft.from(1, 6), draft.from(1, 9)]
  draft.values.push(draft.input(shape, 'a'))
  if (draft.chance(0.4)) draft.values.push(draft.input(shape, 'b'))
  for (let step = 0; step < steps; step++) addStep(draft)
  return draft.finish()
}

import { kernelSet } from './kernel-set.ts'
import { atomics, laneAccesses, loads, segments, stores, whole } from './memory.ts'
import { numeric } from './numeric.ts'
import type { InstructionSet } from './row.ts'
import { lanes, relaxedSimd, simd } from './simd.ts'

/** Every instruction of the MVP, sign extension, saturating conversions, bulk memory, SIMD, relaxed SIMD and atomics. */
export const completeSet = {
  plain: { ...kernelSet.plain, ...numeric, ...simd, ...relaxedSimd, ...whole },
  loads: { ...kernelSet.loads, ...loads },
  stores: { ...kernelSet.stores, ...stores },
  lanes: { ...kernelSet.lanes, ...lanes },
  atomics: { ...kernelSet.atomics, ...atomics },
  laneAccesses,
  segments,
} as const satisfies InstructionSet

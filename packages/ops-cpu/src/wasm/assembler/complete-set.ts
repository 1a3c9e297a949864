import { integerSet } from './integer-set.ts'
import { atomics, laneAccesses, loads, segments, stores, whole } from './memory.ts'
import { numeric } from './numeric.ts'
import type { InstructionSet } from './row.ts'
import { lanes, relaxedSimd, simd } from './simd.ts'

/** Every instruction of the MVP, sign extension, saturating conversions, bulk memory, SIMD, relaxed SIMD and atomics. */
export const completeSet = {
  plain: { ...integerSet.plain, ...numeric, ...simd, ...relaxedSimd, ...whole },
  loads: { ...integerSet.loads, ...loads },
  stores: { ...integerSet.stores, ...stores },
  lanes: { ...integerSet.lanes, ...lanes },
  atomics: { ...integerSet.atomics, ...atomics },
  laneAccesses: { ...integerSet.laneAccesses, ...laneAccesses },
  segments,
} as const satisfies InstructionSet

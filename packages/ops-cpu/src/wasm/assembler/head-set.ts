import { kernelSet } from './kernel-set.ts'
import type { InstructionSet } from './row.ts'

/** The instructions that kernels of heads' ops use beside those of all others. They are loaded with those kernels. */
const own = {
  plain: {
    'f32.sqrt': [0x91, 'f', 'f'],
    'i32x4.shl': [0xfd0ab, 'vi', 'v'],
  },
  loads: {
    'i64.load': [0x29, 'i', 'l', 8],
  },
  stores: {
    'i64.store': [0x37, 'il', '', 8],
  },
  lanes: {},
  laneAccesses: {},
} as const satisfies Partial<InstructionSet>

/** An instruction set with those of heads added. */
export function withHeadSet(set: InstructionSet = kernelSet): InstructionSet {
  return {
    ...set,
    plain: { ...set.plain, ...own.plain },
    loads: { ...set.loads, ...own.loads },
    stores: { ...set.stores, ...own.stores },
    lanes: { ...set.lanes, ...own.lanes },
    laneAccesses: { ...set.laneAccesses, ...own.laneAccesses },
  }
}

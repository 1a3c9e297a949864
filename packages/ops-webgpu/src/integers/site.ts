import type { Node } from '@depthwise/core'
import type { StoredBounds } from '@depthwise/core/integers'
import type { LoweringContext } from '../plan/rules.ts'
import type { Result } from './kernels/text.ts'
import { type Stored, storedAs } from './stored.ts'

/** What a rule knows of a quantized node. */
export interface IntegerContext extends LoweringContext {
  /** Whether WGSL multiplies four bytes at once. */
  readonly packedDot: boolean
}

/** How the first operand of a node is stored. */
export const inputOf = ({ sources }: LoweringContext): Stored => storedAs(sources[0] as Node)

/** How the result of a node is stored. */
export const outputOf = ({ node }: LoweringContext): Stored => storedAs(node)

/** The bytes of a result, within the bounds of an activation or all that its type holds. */
export function resultOf({ type, zero }: Stored, { min, max }: StoredBounds = type): Result {
  return { min: min - type.zeroPoint, max: max - type.zeroPoint, zero }
}

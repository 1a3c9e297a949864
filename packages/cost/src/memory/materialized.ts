import type { MemoryPlan } from './memory.ts'

/** The largest value that must exist whole at one spatial size. */
export interface Materialized {
  /** `112x112`; `1x1` for values without height and width. */
  readonly size: string
  readonly name: string
  readonly channels: number
  readonly bytes: number
}

/**
 * The largest value at each spatial size, the network's input aside, in the order they come up: table 3 of the V2 paper, for
 * V1 at `layers` and V2 at `fused`, both at `float16`.
 */
export function materialized(plan: MemoryPlan): readonly Materialized[] {
  const largest = new Map<string, Materialized>()
  const computed = new Set(plan.steps.map(step => step.name))
  for (const { name, names, shape, bytes, scratch } of plan.values) {
    if (scratch || !names.some(each => computed.has(each))) continue
    const size = shape.length === 4 ? `${shape[1]}x${shape[2]}` : '1x1'
    const before = largest.get(size)
    if (!before || before.bytes < bytes) largest.set(size, { size, name, channels: shape.at(-1) ?? 0, bytes })
  }
  return [...largest.values()]
}

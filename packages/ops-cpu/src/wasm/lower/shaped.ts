import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import type { Site } from './lowering.ts'

/** A site whose operands' shapes matter beyond their layouts: one item each, without the batch axis. */
export interface ShapedSite extends Site {
  readonly inputItems: readonly Shape[]
  readonly outputItem: Shape
}

/** Every index of the given extents, in row-major order. */
export function* indices(extents: Shape): Generator<readonly number[]> {
  const count = elementCount(extents)
  for (let i = 0; i < count; i++) {
    let rest = i
    yield extents
      .toReversed()
      .map(extent => {
        const index = rest % extent
        rest = Math.floor(rest / extent)
        return index
      })
      .toReversed()
  }
}

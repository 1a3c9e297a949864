import { type Bounds, misfit, type OpDefinition, only } from './definition.ts'
import { anythingToReals } from './elements.ts'
import * as field from './field.ts'

/** Per-channel `x * scale[c] + offset[c]`, to float32: pixels (uint8) or reals to what the network was trained on. */
export interface AffineOp {
  readonly kind: 'affine'
  readonly scale: readonly number[]
  readonly offset: readonly number[]
}

export const affine: OpDefinition<AffineOp> = {
  attributes: { scale: field.reals, offset: field.reals },
  shape(op, operands, where) {
    const shape = only(operands, 1, where)
    const channels = shape.at(-1)
    if (op.scale.length !== channels || op.offset.length !== channels) {
      misfit(where, `${channels} scales and offsets, one a channel`, `${op.scale.length} and ${op.offset.length}`)
    }
    return shape
  },
  elements: anythingToReals,
  words: op => [`${op.scale.length} channels`],
  range({ scale, offset }, { min, max }): Bounds {
    let hull: Bounds = { min: Infinity, max: -Infinity }
    scale.forEach((factor, c) => {
      // Infinity times 0 would be NaN.
      const [low, high] = factor === 0 ? [0, 0] : [min * factor, max * factor]
      hull = {
        min: Math.min(hull.min, Math.min(low, high) + offset[c]!),
        max: Math.max(hull.max, Math.max(low, high) + offset[c]!),
      }
    })
    return hull
  },
  // A bias, or a batch norm, that the file keeps apart from its classifier, keeps the order of classes.
  traits: { elementwise: true, inPlace: true, keepsOrder: true },
}

import { type Bounds, type OpDefinition, sameAsOperand } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'

/** What authors call a clamp. */
export type ClampName = 'relu' | 'relu6' | 'clamp'

/** `min(max(x, min), max)`; NaN stays NaN. Quantized bytes are requantized as by `QuantizeOp`, then limited. */
export interface ClampOp extends Bounds {
  readonly kind: 'clamp'
  /** What its author calls it: it is printed so. A `relu` clamps to 0..infinity, a `relu6` to 0..6. */
  readonly authored: ClampName
}

const bounds: { readonly [N in ClampName]: Bounds | null } = {
  relu: { min: 0, max: Infinity },
  relu6: { min: 0, max: 6 },
  clamp: null,
}

const names: readonly ClampName[] = ['relu', 'relu6', 'clamp']

/** `max(x, 0)`. */
export const relu: ClampOp = { kind: 'clamp', min: 0, max: Infinity, authored: 'relu' }

/** `min(max(x, 0), 6)`. */
export const relu6: ClampOp = { kind: 'clamp', min: 0, max: 6, authored: 'relu6' }

/** Where values of one interval end that are clamped to another, which may lie apart. */
export function clampedBounds(values: Bounds, { min, max }: Bounds): Bounds {
  const within = (value: number): number => Math.min(Math.max(value, min), max)
  return { min: within(values.min), max: within(values.max) }
}

/** A clamp to any interval. */
export const clampTo = ({ min, max }: Bounds): ClampOp => ({ kind: 'clamp', min, max, authored: 'clamp' })

export const clamp: OpDefinition<ClampOp> = {
  attributes: { min: field.real, max: field.real, authored: /* @__PURE__ */ field.oneOf(names) },
  disagreement({ min, max, authored }) {
    if (min > max) return { expected: 'min <= max', found: `${min} and ${max}` }
    const own = bounds[authored]
    if (own === null || (min === own.min && max === own.max)) return null
    return { expected: `${authored}'s bounds, ${own.min} and ${own.max}`, found: `${min} and ${max}` }
  },
  shape: sameAsOperand,
  elements: realsOrQuantized,
  title: ({ authored }) => authored,
  words: ({ min, max, authored }) => (authored === 'clamp' ? [`${min}..${max}`] : []),
  isIdentity: ({ min, max }) => min === -Infinity && max === Infinity,
  range: (op, operand) => clampedBounds(operand, op),
  traits: { elementwise: true, inPlace: true, keepsOrder: true },
}

import type { Op, Value } from '@depthwise/core'
import { clampTo, relu } from '@depthwise/core/backend'
import { uniformAffine } from './affine.ts'

// Functions of one value that core has no op for, composed of the ops it has. Callers charge the channels of the value to their
// budgets, since each function makes a few numbers for each of them.

/** Adds a node; `role` names a step, null the result. */
export type Emit = (op: Op, operands: readonly Value[], role: string | null) => Value

const channelsOf = ({ shape }: Value): number => shape.at(-1) ?? 1

/**
 * `max(x, 0) + slope * min(x, 0)`: LeakyReLU with one slope, PReLU with one per channel. One of the two terms is 0, so that
 * nothing cancels out, whatever the slope.
 * @param slopes one per channel
 */
export function leakyRelu(x: Value, slopes: readonly number[], emit: Emit): Value {
  const positive = emit(relu, [x], 'positive')
  const negative = emit(clampTo({ min: -Infinity, max: 0 }), [x], 'negative')
  const leak = emit({ kind: 'affine', scale: slopes, offset: slopes.map(() => 0) }, [negative], 'leak')
  return emit({ kind: 'binary', operator: 'add' }, [positive, leak], null)
}

/** `2 sigmoid(2 x) - 1`. */
export function tanh(x: Value, emit: Emit): Value {
  const doubled = emit(uniformAffine(channelsOf(x), { scale: 2, offset: 0 }), [x], 'doubled')
  const sigmoid = emit({ kind: 'sigmoid' }, [doubled], 'sigmoid')
  return emit(uniformAffine(channelsOf(x), { scale: 2, offset: -1 }), [sigmoid], null)
}

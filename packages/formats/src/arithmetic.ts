import { OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'

/**
 * What becomes of values that a file stores as bytes. `integer`: quantized values with the file's scales and zero points, weights
 * and biases as they are stored. `real`: reals that are clamped to what those bytes can hold, which every backend computes.
 */
export type ArithmeticName = 'integer' | 'real'

/**
 * Whether a reader keeps integers.
 * @throws OptionError for another word
 */
export function keepsIntegers(arithmetic: ArithmeticName = 'integer'): boolean {
  if (arithmetic === 'real' || arithmetic === 'integer') return arithmetic === 'integer'
  throw new OptionError({ where: 'option arithmetic', expected: 'real or integer', found: show(arithmetic) })
}

import type { AveragePoolOp, MaxPoolOp } from '@depthwise/core/backend'
import { meanFactors, sameBytes } from '@depthwise/core/integers'
import type { Layout } from '../plan/layout.ts'
import type { Launch } from '../plan/rules.ts'
import { integerMean, integerPool, largestByte, type PoolFormula, restatedMean, roundedMean } from './kernels/pools.ts'
import type { Result } from './kernels/text.ts'
import { packWords } from './pack.ts'
import { type IntegerContext, inputOf, outputOf } from './site.ts'
import type { Stored } from './stored.ts'

export function lowerMaxPool(op: MaxPoolOp, context: IntegerContext): Launch {
  return pooled(op, context, largestByte)
}

export function lowerAveragePool(op: AveragePoolOp, context: IntegerContext): Launch {
  const [from, to] = [inputOf(context), outputOf(context)]
  const area = op.kernel[0] * op.kernel[1]
  const counted = op.countPadding ? { area, zeroPoint: from.type.zeroPoint } : null
  if (sameBytes(from.type, to.type)) return pooled(op, context, roundedMean(from.shift, counted))
  const params = packWords(2 * area + 2, (_words, reals) => {
    // A window beside the image has no mean: its result stands for 0.
    reals[1] = to.type.zeroPoint
    for (let count = 1; count <= area; count++) {
      const { scale, offset } = meanFactors(from.type, to.type, count)
      reals.set([scale, offset], 2 * count)
    }
  })
  return { ...pooled(op, context, restatedMean(from.shift, counted, meanResult(to))), params }
}

function pooled(op: AveragePoolOp | MaxPoolOp, context: IntegerContext, formula: PoolFormula): Launch {
  const { operands, output } = context
  const window = { ...op, dilations: [1, 1] as const }
  return { kernel: integerPool({ input: operands[0] as Layout, output, window }, formula, context.tile('other')) }
}

export function lowerMean(_op: unknown, context: IntegerContext): Launch {
  const { operands, output } = context
  const input = operands[0] as Layout
  const [from, to] = [inputOf(context), outputOf(context)]
  const factors = meanFactors(from.type, to.type, (input.shape[1] as number) * (input.shape[2] as number))
  const mean = { ...factors, shift: from.shift, result: meanResult(to) }
  return { kernel: integerMean(input, output, mean, context.tile('globalPool')), params: packWords(1, () => {}) }
}

/** The bytes of a mean, which has the zero point in it already. */
const meanResult = ({ type, shift }: Stored): Result => ({ min: type.min, max: type.max, zero: shift })

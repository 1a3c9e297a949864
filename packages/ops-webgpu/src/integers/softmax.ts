import { UnsupportedOpError } from '@depthwise/core'
import { nodeLabel } from '@depthwise/core/backend'
import { softmaxTable } from '@depthwise/core/integers'
import type { Layout } from '../plan/layout.ts'
import type { Launch } from '../plan/rules.ts'
import { integerSoftmax } from './kernels/softmax.ts'
import { packWords } from './pack.ts'
import { type IntegerContext, inputOf, outputOf } from './site.ts'

/** Scales whose reciprocal times any sum of exponentials is a normal float32. */
const [smallest, largest] = [2 ** -60, 2 ** 60]

/** @throws UnsupportedOpError for a scale of the result beyond what the kernel divides by */
export function lowerIntegerSoftmax(_op: unknown, context: IntegerContext): Launch {
  const { type, shift, zero } = outputOf(context)
  if (type.scale < smallest || type.scale > largest) {
    const expected = 'a softmax whose result has a scale from 2^-60 to 2^60'
    throw new UnsupportedOpError({ where: nodeLabel(context.node), expected, found: `${type.scale}` })
  }
  const table = softmaxTable(inputOf(context).type)
  const bytes = { scale: type.scale, zero, max: type.max + shift, addsHalf: type.dtype === 'uint8' }
  return {
    kernel: integerSoftmax(context.operands[0] as Layout, context.output, bytes),
    params: packWords(257, (_words, reals) => reals.set(table, 1)),
  }
}

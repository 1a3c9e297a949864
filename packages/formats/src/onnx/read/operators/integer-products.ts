import { type Computed, describe, type MeasuredIntegers, type Product } from '../operand.ts'
import type { Operation } from '../operation.ts'
import { centred, multiplied } from './integer-weights.ts'
import { convolution, dense } from './products.ts'
import { fromIntegers } from './quantization.ts'

// Dynamic quantisation, read as reals. The file measures the range of an activation, multiplies integers, and multiplies the
// result by both scales: `(x - zx) * (w - zw) * sx * sw`. Of reals that is `real x * ((w - zw) * sw)`, so that scale and zero
// point of the activation are never computed.

/** The reals themselves stand for the integers; scale and zero point are only noted. */
export function dynamicQuantizeLinear(operation: Operation): Computed {
  const { node: by, label } = operation
  for (const [position, role] of [
    [1, 'scale'],
    [2, 'zero point'],
  ] as const) {
    operation.provide(position, { kind: 'measured', label: `the ${role} of ${label}`, role, by, factors: [] })
  }
  return { ...operation.reals(0), elements: { by } }
}

/** A convolution of integers into integers of 32 bits. */
export function convInteger(operation: Operation): Product {
  const { operand, lacks, scale } = integerOperand(operation)
  const weights = centred(operation, operation.constant(1), 3, 0)
  const filters = weights.shape[0] ?? 0
  operation.spend(filters)
  return {
    kind: 'product',
    label: operation.label,
    lacks,
    rank: 4,
    channelAxis: 1,
    scale: new Array<number>(filters).fill(scale),
    offset: null,
    compute: (output, factors, offset) => {
      const here = operation.named(output)
      const kernel = multiplied(here, weights, factors, 0)
      return convolution(here, here.asImage(operand), kernel, offset)
    },
  }
}

/** Rows by a matrix, of integers into integers of 32 bits. */
export function matMulInteger(operation: Operation): Product {
  const { operand, lacks, scale } = integerOperand(operation)
  const weights = centred(operation, operation.constant(1), 3, 1)
  const units = weights.shape.at(-1) ?? 0
  operation.spend(units)
  return {
    kind: 'product',
    label: operation.label,
    lacks,
    rank: operand.shape.length,
    channelAxis: operand.shape.length - 1,
    scale: new Array<number>(units).fill(scale),
    offset: null,
    compute: (output, factors, offset) => {
      const here = operation.named(output)
      const matrix = multiplied(here, weights, factors, 1)
      return dense(here, operand, matrix, offset && Float32Array.from(offset))
    },
  }
}

/** The reals that a product's integers stand for, and how many times as large as the integers less zero point they are. */
function integerOperand(operation: Operation): {
  readonly operand: Computed
  readonly lacks: Product['lacks']
  readonly scale: number
} {
  const operand = operation.computed(0)
  const { elements } = operand
  const real: Computed = { ...operand, elements: 'real' }
  if (elements === 'real') throw operation.malformed('an operand of integers', 'one of reals')
  if (typeof elements !== 'string' && 'by' in elements) {
    checkZeroPoint(operation, elements)
    return { operand: real, lacks: elements.by, scale: 1 }
  }
  const zeroPoint = operation.has(2) ? operation.scalar(2) : 0
  if (elements === 'integer') {
    return { operand: fromIntegers(operation, operand, 1, -zeroPoint, 'centred'), lacks: null, scale: 1 }
  }
  if (zeroPoint !== elements.zeroPoint) {
    throw operation.unsupported(`the zero point of its QuantizeLinear, ${elements.zeroPoint}`, `${zeroPoint}`)
  }
  return { operand: real, lacks: null, scale: 1 / elements.scale }
}

function checkZeroPoint(operation: Operation, { by }: MeasuredIntegers): void {
  const given = operation.has(2) ? operation.known(2) : undefined
  if (given?.kind === 'measured' && given.role === 'zero point' && given.by === by) return
  throw operation.unsupported(`the zero point of ${by.label}`, given ? describe(given) : 'none')
}

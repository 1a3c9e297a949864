import { type Constant, realConstant } from '../constant.ts'
import { type Computed, describe, type MeasuredIntegers, type Product } from '../operand.ts'
import type { Operation } from '../operation.ts'
import { centred, multiplied } from './integer-weights.ts'
import { convolution, dense } from './products.ts'
import { fromIntegers, measuredRoles } from './quantization.ts'

// Dynamic quantisation, read as reals. The file measures the range of an activation, multiplies integers, and multiplies the
// result by both scales: `(x - zx) * (w - zw) * sx * sw`. Of reals that is `real x * ((w - zw) * sw)`, so that scale and zero
// point of the activation are never computed.

/** The reals themselves stand for the integers; scale and zero point are only noted. */
export function dynamicQuantizeLinear(operation: Operation): Computed {
  const { node: by, label } = operation
  for (const [position, role] of measuredRoles) {
    operation.provide(position, { kind: 'measured', label: `the ${role} of ${label}`, role, by, factors: [] })
  }
  return { ...operation.reals(0), elements: { by } }
}

/** A convolution of integers into integers of 32 bits. */
export function convInteger(operation: Operation): Product {
  const integers = integerOperand(operation)
  return product(operation, integers, { rank: 4, channelAxis: 1, weightAxis: 0 }, (here, kernel, bias) =>
    convolution(here, here.asImage(integers.operand), kernel, bias),
  )
}

/** Rows by a matrix, of integers into integers of 32 bits. */
export function matMulInteger(operation: Operation): Product {
  const integers = integerOperand(operation)
  const rank = integers.operand.shape.length
  return product(operation, integers, { rank, channelAxis: rank - 1, weightAxis: 1 }, (here, matrix, bias) =>
    dense(here, integers.operand, matrix, bias),
  )
}

/**
 * A product whose operator on reals is added once all its factors are known.
 * @param axes of the result, and of the weights the one along which there is a factor for each channel
 */
function product(
  operation: Operation,
  { lacks, scale }: IntegerOperand,
  { weightAxis, ...axes }: Pick<Product, 'rank' | 'channelAxis'> & { readonly weightAxis: number },
  add: (operation: Operation, weights: Constant, bias: Constant | null) => Computed,
): Product {
  const weights = centred(operation, operation.constant(1), 3, weightAxis)
  const channels = weights.shape[weightAxis] ?? 0
  operation.spend(channels)
  return {
    kind: 'product',
    label: operation.label,
    lacks,
    ...axes,
    scale: new Array<number>(channels).fill(scale),
    offset: null,
    compute: (output, factors, offset) => {
      const here = operation.named(output)
      const bias = offset && realConstant(here.label, offset)
      return add(here, multiplied(here, weights, factors, weightAxis), bias)
    },
  }
}

/** The reals that a product's integers stand for; the integers less their zero point are `scale` times as large. */
interface IntegerOperand extends Pick<Product, 'lacks'> {
  readonly operand: Computed
  readonly scale: number
}

function integerOperand(operation: Operation): IntegerOperand {
  const operand = operation.computed(0)
  const { elements } = operand
  if (elements === 'real') throw operation.malformed('an operand of integers', 'one of reals')
  if (typeof elements !== 'string' && 'by' in elements) {
    checkZeroPoint(operation, elements)
    return { operand: { ...operand, elements: 'real' }, lacks: elements.by, scale: 1 }
  }
  const zeroPoint = operation.has(2) ? operation.scalar(2) : 0
  if (elements === 'integer') {
    return { operand: fromIntegers(operation, operand, 1, -zeroPoint, 'centred'), lacks: null, scale: 1 }
  }
  if (zeroPoint !== elements.zeroPoint) {
    throw operation.unsupported(`the zero point of its QuantizeLinear, ${elements.zeroPoint}`, `${zeroPoint}`)
  }
  return { operand: operation.inReals(operand), lacks: null, scale: 1 / elements.scale }
}

function checkZeroPoint(operation: Operation, { by }: MeasuredIntegers): void {
  const given = operation.has(2) ? operation.known(2) : undefined
  if (given?.kind === 'measured' && given.role === 'zero point' && given.by === by) return
  throw operation.unsupported(`the zero point of ${by.label}`, given ? describe(given) : 'none')
}

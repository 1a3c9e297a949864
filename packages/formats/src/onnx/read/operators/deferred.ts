import { elementCount } from '@depthwise/core/backend'
import { type Affine, affineOf } from '../../../affine.ts'
import type { Arithmetic } from '../../../affine-operators.ts'
import type { Constant } from '../constant.ts'
import type { Known, Measured, Product } from '../operand.ts'
import type { Operation } from '../operation.ts'

// Arithmetic on what is not computed yet: products of integers, and the scales that their operands have at run time.

/** The result of arithmetic where an operand is deferred, and stays so; null where both are to be computed. */
export function deferredArithmetic(operation: Operation, operator: Arithmetic): Known | null {
  const operands = [operation.known(0), operation.known(1)] as const
  const position = operands.findIndex(known => known?.kind === 'product')
  const measured = operands.findIndex(known => known?.kind === 'measured')
  if (position >= 0) {
    const product = operands[position] as Product
    const other = operands[1 - position]
    if (other?.kind === 'measured') return operator === 'mul' ? withScale(operation, product, other) : null
    const isAlone = product.lacks !== null || operation.readsAlone(position)
    return other?.kind === 'constant' && isAlone
      ? withConstant(operation, product, operator, other, position === 1)
      : null
  }
  const factor = operands[1 - measured]
  if (measured < 0 || operator !== 'mul' || factor?.kind !== 'constant') return null
  const scale = operands[measured] as Measured
  operation.spend(scale.factors.length + 1)
  return { ...scale, factors: [...scale.factors, factor] }
}

/** The scale of the integers makes them reals; what it has been multiplied by stands for the scale of the weights. */
function withScale(operation: Operation, product: Product, { role, by, factors, label }: Measured): Product {
  if (product.lacks !== by || role !== 'scale' || product.offset !== null) {
    const expected = product.lacks ? `a product without a bias and the scale of ${product.lacks.label}` : 'one scale'
    throw operation.unsupported(expected, label)
  }
  const real: Product = { ...product, lacks: null }
  return factors.reduce((scaled, factor) => {
    const next = withConstant(operation, scaled, 'mul', factor, false)
    if (next) return next
    throw operation.unsupported('a scale for each channel', `${factor.label} of [${factor.shape}]`)
  }, real)
}

/** Null for a constant that runs along another axis than the channels of the product. */
function withConstant(
  operation: Operation,
  product: Product,
  operator: Arithmetic,
  constant: Constant,
  isLeft: boolean,
): Product | null {
  operation.spend(product.scale.length)
  const numbers = channelNumbers(product, constant)
  const rows = numbers?.map(number => affineOf(operator, number, isLeft))
  if (!rows?.every(row => row !== null)) return null
  const affine = rows as readonly Affine[]
  const hasOffset = product.offset !== null || affine.some(({ offset }) => offset !== 0)
  // An offset that is added to integers lacks a scale that is not known.
  if (hasOffset && product.lacks) return null
  return {
    ...product,
    scale: product.scale.map((scale, channel) => scale * (affine[channel] as Affine).scale),
    offset: hasOffset
      ? affine.map(({ scale, offset }, channel) => (product.offset?.[channel] ?? 0) * scale + offset)
      : null,
  }
}

/** The constant as one number for each channel. */
function channelNumbers({ rank, channelAxis, scale }: Product, { shape, numbers }: Constant): readonly number[] | null {
  const count = elementCount(shape)
  if (shape.length > rank) return null
  const isAlong = shape[shape.length - rank + channelAxis] === count && count === scale.length
  if (count !== 1 && !isAlong) return null
  const values = numbers()
  return scale.map((_, channel) => values[count === 1 ? 0 : channel] as number)
}

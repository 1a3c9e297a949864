import type { Node } from '@depthwise/core'
import { type BinaryOp, type BinaryOperator, type ConstantOp, elementCount } from '@depthwise/core/backend'
import { type ByteOp, bytePairFunction, byteTable, sumFactors } from '@depthwise/core/integers'
import type { Layout } from '../plan/layout.ts'
import type { Packed } from '../plan/params.ts'
import type { Launch } from '../plan/rules.ts'
import { byPairs, integerBinary, type PairFormula } from './kernels/binary.ts'
import { dequantizeBytes, lookup, quantizeReals } from './kernels/elementwise.ts'
import { all, settle } from './kernels/text.ts'
import { packBytes } from './pack.ts'
import { type IntegerContext, inputOf, outputOf, resultOf } from './site.ts'
import { type Stored, storedAs } from './stored.ts'

const f = Math.fround

/** The byte of memory that stands for a byte of the dtype. */
const inMemory = (stored: number, { shift }: Stored): number => (stored + shift) & 255

/** What each byte of memory becomes by itself. */
export function tableOf(op: ByteOp, from: Stored, to: Stored): Packed {
  const table = byteTable(op, from.type, to.type)
  return packBytes(Uint8Array.from(table, (_, byte) => inMemory(table[(byte - from.shift) & 255]!, to)))
}

/** An op that makes a byte of a byte: by a table. */
export function lowerLookup(op: ByteOp, context: IntegerContext): Launch {
  const kernel = lookup(op.kind, context.operands[0] as Layout, context.output)
  return { kernel, params: tableOf(op, inputOf(context), outputOf(context)) }
}

/** Reals to bytes, or bytes to those of another type. */
export function lowerQuantize(op: ByteOp, context: IntegerContext): Launch {
  if (context.sources[0]?.quantization) return lowerLookup(op, context)
  const output = outputOf(context)
  const factor = f(1 / output.type.scale)
  return { kernel: quantizeReals(context.operands[0] as Layout, context.output, factor, resultOf(output)) }
}

/** Bytes to the reals they stand for. */
export function lowerDequantize(_op: unknown, context: IntegerContext): Launch {
  const { type, zero } = inputOf(context)
  return { kernel: dequantizeBytes(context.operands[0] as Layout, context.output, zero, type.scale) }
}

type Operands = readonly [a: Stored, b: Stored, result: Stored]

/**
 * With a constant of one number by a table of the other operand's bytes. Else sums and products in arithmetic on vectors, all else by
 * a table of every pair of bytes.
 */
export function lowerIntegerBinary({ operator }: BinaryOp, context: IntegerContext): Launch {
  const [a, b] = context.sources.map(source => storedAs(source as Node)) as [Stored, Stored]
  const operands: Operands = [a, b, outputOf(context)]
  const fixed = context.sources.findIndex(isSingle)
  if (fixed >= 0) return withSingle(operator, context, fixed, operands)
  const formula = sumFormula(operator, operands) ?? productFormula(operator, operands)
  const kernel = integerBinary(context.operands as readonly [Layout, Layout], context.output, formula ?? byPairs)
  return formula ? { kernel } : { kernel, params: packBytes(pairsOf(operator, operands)) }
}

/** Whether a node is a constant of one number. */
const isSingle = ({ op }: Node): boolean => op.kind === 'constant' && elementCount(op.item) === 1

function withSingle(operator: BinaryOperator, context: IntegerContext, fixed: number, operands: Operands): Launch {
  const { op } = context.sources[fixed] as Node<ConstantOp>
  const [a, b, result] = operands
  const compute = bytePairFunction(operator, a.type, b.type, result.type)
  const number = context.params.get(op.value)?.data[0] as number
  const from = fixed === 0 ? b : a
  const bytes = new Uint8Array(256)
  for (let stored = from.type.min; stored <= from.type.max; stored++) {
    bytes[inMemory(stored, from)] = inMemory(fixed === 0 ? compute(number, stored) : compute(stored, number), result)
  }
  const at = 1 - fixed
  const kernel = lookup(`${operator}_number`, context.operands[at] as Layout, context.output)
  return { kernel, operands: [at], params: packBytes(bytes) }
}

/** XNNPACK's sum, whose terms int32 holds; null where scales are too far apart for it. */
function sumFormula(operator: BinaryOperator, [a, b, result]: Operands): PairFormula | null {
  if (operator !== 'add' && operator !== 'sub') return null
  const factors = sumFactors(a.type, b.type, result.type, operator === 'add' ? 1 : -1)
  if (factors.form !== 'shifted') return null
  const { factorA, factorB, shift } = factors
  const term = 2 ** (shift - 1) - a.zero * factorA - b.zero * factorB
  const sum = `((a * ${factorA} + b * ${factorB} + ${term}) >> vec4u(${shift}u)) + ${result.zero}`
  return { name: operator, value: `clamp(${sum}, ${all(-128)}, ${all(127)})` }
}

/** XNNPACK's product, whose integers are exact in float32; null where its multiplier is out of the range it takes. */
function productFormula(operator: BinaryOperator, [a, b, result]: Operands): PairFormula | null {
  if (operator !== 'mul') return null
  const multiplier = f(f(a.type.scale * b.type.scale) / result.type.scale)
  if (multiplier < 2 ** -16 || multiplier >= 2 ** 8) return null
  return {
    name: operator,
    value: `settle(vec4f((a - ${all(a.zero)}) * (b - ${all(b.zero)})) * ${multiplier})`,
    before: settle(resultOf(result)),
  }
}

function pairsOf(operator: BinaryOperator, [a, b, result]: Operands): Uint8Array {
  const compute = bytePairFunction(operator, a.type, b.type, result.type)
  const bytes = new Uint8Array(2 ** 16)
  for (let x = a.type.min; x <= a.type.max; x++) {
    const row = 256 * inMemory(x, a)
    for (let y = b.type.min; y <= b.type.max; y++) bytes[row + inMemory(y, b)] = inMemory(compute(x, y), result)
  }
  return bytes
}

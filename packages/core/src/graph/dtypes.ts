import { GraphError } from '../errors.ts'
import { type Node, nodeLabel } from './graph.ts'

/**
 * Throws unless an op of this kind takes operands of these element types: everything computes in float32, and only
 * `normalize` takes integers (pixels) in.
 * @throws GraphError naming `where` and the operand
 */
export function checkOperandDtypes(kind: string, operands: readonly Node[], where: string): void {
  const integer = operands.find(operand => operand.dtype !== 'float32')
  if (!integer || kind === 'normalize') return
  throw new GraphError({ where, expected: 'float32 operands', found: `${integer.dtype} from ${nodeLabel(integer)}` })
}

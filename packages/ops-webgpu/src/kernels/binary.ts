import { type BinaryOperator, sameShape } from '@depthwise/core/backend'
import type { Layout } from '../plan/layout.ts'
import { coordinates, rowIndex } from './coordinates.ts'
import { type Epilogue, epilogueBindings, epilogueName, resultBinding, store } from './epilogue.ts'
import { type Kernel, kernel, reads } from './kernel.ts'
import { load } from './wgsl.ts'

const expressions: { readonly [O in BinaryOperator]: (a: string, b: string) => string } = {
  add: (a, b) => `(${a} + ${b})`,
  sub: (a, b) => `(${a} - ${b})`,
  mul: (a, b) => `(${a} * ${b})`,
  div: (a, b) => `(${a} / ${b})`,
  max: (a, b) => `max(${a}, ${b})`,
  min: (a, b) => `min(${a}, ${b})`,
}

/** Sum, product and the like of two values; extents of 1 stretch to the other's. */
export function binary(
  operator: BinaryOperator,
  operands: readonly [Layout, Layout],
  output: Layout,
  epilogue: Epilogue,
): Kernel {
  const [a, b] = operands.map((operand, i) => element(operand, output, i === 0 ? 'a' : 'b')) as [string, string]
  const stretched = operands.some(operand => !sameShape(operand.shape, output.shape))
  // One number for all channels also lands behind the last of them, and so does the quotient of two zeros.
  const spills = operator === 'div' || operands.some(operand => operand.channels !== output.channels)
  const value = expressions[operator](a, b)
  const body = `let n = index % ${output.groups}u;
${stretched ? coordinates(output.shape.slice(0, -1), `(index / ${output.groups}u)`) : ''}
${store(epilogue, output, value, { at: 'index', group: 'n', keepsZero: !spills })}`
  return kernel({
    name: `${operator}${stretched ? '_broadcast' : ''}${epilogueName(epilogue, output)}`,
    bindings: [reads('a', operands[0]), reads('b', operands[1]), ...epilogueBindings(epilogue), resultBinding(output)],
    body,
    total: output.rows * output.groups,
    workgroup: 64,
  })
}

/** The vector of an operand that belongs to vector `index` of the result. */
function element(operand: Layout, output: Layout, name: string): string {
  if (sameShape(operand.shape, output.shape)) return load(operand, `${name}[index]`)
  const row = rowIndex(operand.shape.slice(0, -1), axis => `c${axis}`)
  if (operand.channels === output.channels) return load(operand, `${name}[${row} * ${operand.groups}u + n]`)
  return `vec4f(f32(${name}[${row} * ${operand.groups}u].x))`
}

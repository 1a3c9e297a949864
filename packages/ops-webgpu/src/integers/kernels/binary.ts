import { sameShape } from '@depthwise/core/backend'
import { coordinates, rowIndex } from '../../kernels/coordinates.ts'
import { type Binding, type Kernel, kernel, reads, writes } from '../../kernels/kernel.ts'
import { lanes } from '../../kernels/wgsl.ts'
import type { Layout } from '../../plan/layout.ts'
import { byteAt, pack, unpack } from './text.ts'

/** How two vectors of bytes, `a` and `b`, become the bytes of the result. */
export interface PairFormula {
  readonly name: string
  /** The vector of the result, of `vec4i`. */
  readonly value: string
  /** Functions it calls. */
  readonly before?: string
  /** Whether it reads parameters, `w`. */
  readonly params?: boolean
}

/** A table of every pair of bytes, `w`: the byte of `a` counts rows. */
export const byPairs: PairFormula = {
  name: 'pairs',
  value: `vec4i(vec4u(${lanes.map(lane => `byteAt(u32(a.${lane} & 255) * 256u + u32(b.${lane} & 255))`).join(', ')}))`,
  before: byteAt,
  params: true,
}

/** Two values of bytes; extents of 1 stretch to the other's. */
export function integerBinary(
  operands: readonly [Layout, Layout],
  output: Layout,
  { name, value, before = '', params = false }: PairFormula,
): Kernel {
  const stretched = operands.some(operand => !sameShape(operand.shape, output.shape))
  const [a, b] = operands.map((operand, i) => element(operand, output, i === 0 ? 'a' : 'b')) as [string, string]
  const table: readonly Binding[] = params ? [reads('w', { dtype: 'bytes' })] : []
  return kernel({
    name: `${name}_i8${stretched ? '_broadcast' : ''}`,
    bindings: [reads('xa', operands[0]), reads('xb', operands[1]), ...table, writes('y', output)],
    before: [unpack, pack, before].join('\n'),
    body: `let n = index % ${output.groups}u;
${stretched ? coordinates(output.shape.slice(0, -1), `(index / ${output.groups}u)`) : ''}
let a = ${a};
let b = ${b};
y[index] = pack(${value});`,
    total: output.rows * output.groups,
    workgroup: 64,
  })
}

/** The vector of an operand that belongs to vector `index` of the result. */
function element(operand: Layout, output: Layout, name: string): string {
  if (sameShape(operand.shape, output.shape)) return `unpack(x${name}[index])`
  const row = rowIndex(operand.shape.slice(0, -1), axis => `c${axis}`)
  if (operand.channels === output.channels) return `unpack(x${name}[${row} * ${operand.groups}u + n])`
  return `unpack(x${name}[${row} * ${operand.groups}u]).xxxx`
}

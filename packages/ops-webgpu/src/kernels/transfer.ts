import type { Layout } from '../plan/layout.ts'
import { type Binding, type Kernel, kernel, reads, writes } from './kernel.ts'

const workgroup = 64

/** A caller's row-major float32 into rows of whole vectors. */
export function take(input: Layout): Kernel {
  const body = `let n = index % ${input.groups}u;
var value = vec4f();
for (var lane = 0u; lane < 4u; lane++) {
let c = n * 4u + lane;
if (c < ${input.channels}u) { value[lane] = x[index / ${input.groups}u * ${input.channels}u + c]; }
}
y[index] = value;`
  return kernel({
    name: 'take',
    bindings: [reads('x', { dtype: 'scalars' }), writes('y', input)],
    body,
    total: input.rows * input.groups,
    workgroup,
  })
}

/** The inverse: an output as a caller lays it out. */
export function give(output: Layout): Kernel {
  const result: Binding = { name: 'y', dtype: 'scalars', access: 'read_write' }
  const body = `let c = index % ${output.channels}u;
y[index] = f32(x[index / ${output.channels}u * ${output.groups}u + c / 4u][c % 4u]);`
  return kernel({
    name: 'give',
    bindings: [reads('x', output), result],
    body,
    total: output.rows * output.channels,
    workgroup,
  })
}

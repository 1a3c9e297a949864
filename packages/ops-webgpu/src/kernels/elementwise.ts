import type { Bounds } from '@depthwise/core'
import { type Layout, sameOrder } from '../plan/layout.ts'
import { type Kernel, kernel, reads, writes } from './kernel.ts'
import { boundsName, clamped, keepsZero, load, masked, stored } from './wgsl.ts'

const workgroup = 64

interface Map {
  readonly name: string
  readonly input: Layout
  readonly output: Layout
  /** From the expression of a vector; `n` counts the vectors of its row. */
  readonly value: (x: string) => string
  /** Whether zeros stay zeros. */
  readonly keepsZero: boolean
  /** A second buffer `w` of one row for each parameter. */
  readonly params?: boolean
}

function map({ name, input, output, value, keepsZero, params = false }: Map): Kernel {
  const result = value(load(input, 'x[index]'))
  const body = `let n = index % ${output.groups}u;
y[index] = ${stored(output, keepsZero ? result : masked(output, result, 'n'))};`
  return kernel({
    name,
    bindings: [reads('x', input), ...(params ? [reads('w', { storage: 'f32' })] : []), writes('y', output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

export function clampKernel(input: Layout, output: Layout, bounds: Bounds): Kernel {
  const value = (x: string): string => clamped(x, bounds)
  return map({ name: `clamp${boundsName(bounds)}`, input, output, value, keepsZero: keepsZero(bounds) })
}

export function sigmoid(input: Layout, output: Layout): Kernel {
  return map({ name: 'sigmoid', input, output, value: x => `1.0 / (1.0 + exp(-${x}))`, keepsZero: false })
}

/** `x * w[n] + w[groups + n]`: batch norm and normalisation, whose rows of parameters are zero behind the last channel. */
export function affine(name: string, input: Layout, output: Layout): Kernel {
  const value = (x: string): string => `${x} * w[n] + w[${output.groups}u + n]`
  return map({ name, input, output, value, keepsZero: true, params: true })
}

/** Row-major order kept under another shape, where vectors are cut differently: numbers move one by one. */
export function reshape(input: Layout, output: Layout): Kernel {
  if (sameOrder(input, output)) return map({ name: 'copy', input, output, value: x => x, keepsZero: true })
  const body = `let first = index / ${output.groups}u * ${output.channels}u + index % ${output.groups}u * 4u;
var value = vec4f();
for (var lane = 0u; lane < 4u; lane++) {
let c = index % ${output.groups}u * 4u + lane;
if (c >= ${output.channels}u) { break; }
let row = (first + lane) / ${input.channels}u;
let origin = (first + lane) % ${input.channels}u;
value[lane] = f32(x[row * ${input.groups}u + origin / 4u][origin % 4u]);
}
y[index] = ${stored(output, 'value')};`
  return kernel({
    name: 'reshape',
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

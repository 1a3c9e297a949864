import type { Layout } from '../plan/layout.ts'
import { coordinates, rowIndex } from './coordinates.ts'
import { type Kernel, kernel, reads, writes } from './kernel.ts'
import { load, real, stored } from './wgsl.ts'

const workgroup = 64

/** `pads` of every axis, the last included: rows of the result are filled, or shifted along the channels. */
export function pad(
  input: Layout,
  output: Layout,
  pads: readonly (readonly [before: number, after: number])[],
  value: number,
): Kernel {
  const outer = output.shape.slice(0, -1)
  const shifted = outer.map((_, axis) => `(c${axis} - ${pads[axis]?.[0] ?? 0}u)`)
  // Coordinates before the operand wrap around to huge numbers: one comparison tells both sides.
  const inside = outer.map((_, axis) => `${shifted[axis]} < ${input.shape[axis]}u`).join(' && ') || 'true'
  const before = pads.at(-1)?.[0] ?? 0
  const body = `let n = index % ${output.groups}u;
${coordinates(outer, `(index / ${output.groups}u)`)}
var value = vec4f();
for (var lane = 0u; lane < 4u; lane++) {
let c = n * 4u + lane;
if (c >= ${output.channels}u) { break; }
value[lane] = ${real(value)};
let origin = c - ${before}u;
if (${inside} && origin < ${input.channels}u) {
let row = ${rowIndex(input.shape.slice(0, -1), axis => shifted[axis] as string)};
value[lane] = f32(x[row * ${input.groups}u + origin / 4u][origin % 4u]);
}
}
y[index] = ${stored(output, 'value')};`
  return kernel({
    name: 'pad',
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

/**
 * Puts one operand of a concatenation where it belongs, `offset` along `axis`; the operands follow each other. Along the
 * channels a vector may be shared by two of them: each writes its own lanes, and the last one the zeros behind them.
 */
export function place(input: Layout, output: Layout, axis: number, offset: number): Kernel {
  const outer = input.shape.slice(0, -1)
  const alongChannels = axis === output.shape.length - 1
  if (alongChannels && offset % 4 !== 0) return placeLanes(input, output, offset)
  const row = rowIndex(output.shape.slice(0, -1), each =>
    each === axis && offset > 0 ? `(c${each} + ${offset}u)` : `c${each}`,
  )
  const body = `${coordinates(outer, `(index / ${input.groups}u)`)}
y[${row} * ${output.groups}u + index % ${input.groups}u${alongChannels && offset > 0 ? ` + ${offset / 4}u` : ''}] = ${stored(output, load(input, 'x[index]'))};`
  return kernel({
    name: `concat${axis}`,
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: input.rows * input.groups,
    workgroup,
  })
}

function placeLanes(input: Layout, output: Layout, offset: number): Kernel {
  const first = Math.floor(offset / 4)
  const vectors = Math.ceil((offset + input.channels) / 4) - first
  const element = output.dtype === 'float32' ? 'f32' : 'f16'
  const body = `let row = index / ${vectors}u;
let n = index % ${vectors}u + ${first}u;
for (var lane = 0u; lane < 4u; lane++) {
let c = n * 4u + lane;
if (c < ${offset}u) { continue; }
let origin = c - ${offset}u;
if (origin < ${input.channels}u) {
y[row * ${output.groups}u + n][lane] = ${element}(x[row * ${input.groups}u + origin / 4u][origin % 4u]);
} else {
y[row * ${output.groups}u + n][lane] = ${element}(0.0);
}
}`
  return kernel({
    name: 'concat_lanes',
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: input.rows * vectors,
    workgroup,
  })
}

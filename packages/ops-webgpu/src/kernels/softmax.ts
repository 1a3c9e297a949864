import type { Layout } from '../plan/layout.ts'
import type { Tile } from '../tiles.ts'
import { type Kernel, kernel, reads, writes } from './kernel.ts'
import { load, masked, real, stored } from './wgsl.ts'

/** Rows of up to this many vectors are worked off by one thread each; longer ones by a workgroup, where the tile has it. */
const shortRow = 8

/** `exp(x - max) / sum` over each row, the largest subtracted first so that no exponential exceeds 1. */
export function softmax(input: Layout, output: Layout, { split, workgroup }: Tile): Kernel {
  const shared = split > 1 && input.groups > shortRow
  return shared ? byWorkgroup(input, output, workgroup) : byThread(input, output)
}

const highest = 'max(max(best.x, best.y), max(best.z, best.w))'
const total = 'dot(sums, vec4f(1.0))'

/** A vector with lanes behind the last channel at the lowest number, where `exp` gives zero. */
function terms(input: Layout, at: string): string {
  const value = load(input, `x[${at}]`)
  if (input.channels === input.groups * 4) return value
  return `select(${value}, vec4f(${real(-Infinity)}), vec4u(0u, 1u, 2u, 3u) + k * 4u >= vec4u(${input.channels}u))`
}

/** Vectors summed by themselves before they join the sum, so that rounding does not grow with the row. */
const block = 64

function byThread(input: Layout, output: Layout): Kernel {
  const each = `for (var k = 0u; k < ${input.groups}u; k++)`
  const body = `let row = index * ${input.groups}u;
var best = vec4f(${real(-Infinity)});
${each} { best = max(best, ${terms(input, 'row + k')}); }
let largest = ${highest};
var sums = vec4f();
for (var first = 0u; first < ${input.groups}u; first += ${block}u) {
var part = vec4f();
for (var k = first; k < min(first + ${block}u, ${input.groups}u); k++) { part += exp(${terms(input, 'row + k')} - largest); }
sums += part;
}
let total = ${total};
${each} { y[row + k] = ${stored(output, masked(output, `exp(${terms(input, 'row + k')} - largest) / total`, 'k'))}; }`
  return kernel({
    name: 'softmax',
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: input.rows,
    workgroup: 64,
  })
}

/** Every thread of a workgroup takes every so many vectors of the row; maxima and sums meet in workgroup memory. */
function byWorkgroup(input: Layout, output: Layout, workgroup: number): Kernel {
  const each = `for (var k = slice; k < ${input.groups}u; k += ${workgroup}u)`
  const meeting = (combine: string): string => `for (var half = ${workgroup / 2}u; half > 0u; half /= 2u) {
workgroupBarrier();
if (slice < half) { meeting[slice] = ${combine}; }
}
workgroupBarrier();`
  const body = `let row = index * ${input.groups}u;
var best = vec4f(${real(-Infinity)});
${each} { best = max(best, ${terms(input, 'row + k')}); }
meeting[slice] = ${highest};
${meeting('max(meeting[slice], meeting[slice + half])')}
let largest = meeting[0];
workgroupBarrier();
var sums = vec4f();
${each} { sums += exp(${terms(input, 'row + k')} - largest); }
meeting[slice] = ${total};
${meeting('meeting[slice] + meeting[slice + half]')}
let total = meeting[0];
if (wanted >= ${input.rows}u) { return; }
${each} { y[row + k] = ${stored(output, masked(output, `exp(${terms(input, 'row + k')} - largest) / total`, 'k'))}; }`
  return kernel({
    name: `softmax_workgroup${workgroup}`,
    bindings: [reads('x', input), writes('y', output)],
    before: `var<workgroup> meeting: array<f32, ${workgroup}>;`,
    body,
    total: input.rows,
    workgroup,
    split: workgroup,
  })
}

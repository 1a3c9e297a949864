import { coordinates, rowIndex } from '../../kernels/coordinates.ts'
import { type Kernel, kernel, reads, writes } from '../../kernels/kernel.ts'
import type { Layout } from '../../plan/layout.ts'
import { byteAt, mapped } from './text.ts'

const workgroup = 64

/** The byte of channel `origin` of row `row`. */
const byteOf = ({ groups }: Layout): string => `extractBits(x[row * ${groups}u + origin / 4u], origin % 4u * 8u, 8u)`

/** Row-major order kept under another shape, where words are cut differently: bytes move one by one. */
export function integerReshape(input: Layout, output: Layout): Kernel {
  const body = `let first = index / ${output.groups}u * ${output.channels}u + index % ${output.groups}u * 4u;
var word = 0u;
for (var lane = 0u; lane < 4u; lane++) {
let c = index % ${output.groups}u * 4u + lane;
if (c >= ${output.channels}u) { break; }
let row = (first + lane) / ${input.channels}u;
let origin = (first + lane) % ${input.channels}u;
word |= ${byteOf(input)} << (lane * 8u);
}
y[index] = word;`
  return kernel({
    name: 'reshape_i8',
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

/** `pads` of every axis, the last included, filled with the byte `value`. */
export function integerPad(
  input: Layout,
  output: Layout,
  pads: readonly (readonly [before: number, after: number])[],
  value: number,
): Kernel {
  const outer = output.shape.slice(0, -1)
  const shifted = outer.map((_, axis) => `(c${axis} - ${pads[axis]?.[0] ?? 0}u)`)
  // Coordinates before the operand wrap around to huge numbers.
  const inside = outer.map((_, axis) => `${shifted[axis]} < ${input.shape[axis]}u`).join(' && ') || 'true'
  const body = `let n = index % ${output.groups}u;
${coordinates(outer, `(index / ${output.groups}u)`)}
var word = 0u;
for (var lane = 0u; lane < 4u; lane++) {
var byte = ${value & 255}u;
let origin = n * 4u + lane - ${pads.at(-1)?.[0] ?? 0}u;
if (${inside} && origin < ${input.channels}u) {
let row = ${rowIndex(input.shape.slice(0, -1), axis => shifted[axis] as string)};
byte = ${byteOf(input)};
}
word |= byte << (lane * 8u);
}
y[index] = word;`
  return kernel({
    name: 'pad_i8',
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

/**
 * Puts one operand of a concatenation where it belongs, `offset` along `axis`; `restated`: through a table, `w`. Along the channels
 * a word may be shared by several operands, which follow each other: each writes its own bytes of it.
 */
export function integerPlace(
  input: Layout,
  output: Layout,
  { axis, offset, restated }: { readonly axis: number; readonly offset: number; readonly restated: boolean },
): Kernel {
  const alongChannels = axis === output.shape.length - 1
  const body = alongChannels
    ? placeBytes(input, output, offset, restated)
    : placeRows(input, output, axis, offset, restated)
  const words = alongChannels ? wordsOf(input, offset) : input.groups
  return kernel({
    name: `concat${axis}_i8${restated ? '_restated' : ''}`,
    bindings: [reads('x', input), ...(restated ? [reads('w', { dtype: 'bytes' })] : []), writes('y', output)],
    before: restated ? `${byteAt}\n${alongChannels ? '' : mapped}` : '',
    body,
    total: input.rows * words,
    workgroup,
  })
}

function placeRows(input: Layout, output: Layout, axis: number, offset: number, restated: boolean): string {
  const outer = input.shape.slice(0, -1)
  const row = rowIndex(output.shape.slice(0, -1), each => (each === axis ? `(c${each} + ${offset}u)` : `c${each}`))
  return `${coordinates(outer, `(index / ${input.groups}u)`)}
y[${row} * ${output.groups}u + index % ${input.groups}u] = ${restated ? 'mapped(x[index])' : 'x[index]'};`
}

const wordsOf = (input: Layout, offset: number): number =>
  Math.ceil((offset + input.channels) / 4) - Math.floor(offset / 4)

function placeBytes(input: Layout, output: Layout, offset: number, restated: boolean): string {
  const words = wordsOf(input, offset)
  return `let row = index / ${words}u;
let n = index % ${words}u + ${Math.floor(offset / 4)}u;
var word = y[row * ${output.groups}u + n];
for (var lane = 0u; lane < 4u; lane++) {
let origin = n * 4u + lane - ${offset}u;
if (origin < ${input.channels}u) {
let byte = ${byteOf(input)};
word = insertBits(word, ${restated ? 'byteAt(byte)' : 'byte'}, lane * 8u, 8u);
}
}
y[row * ${output.groups}u + n] = word;`
}

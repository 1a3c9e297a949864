import type { OpOf } from '@depthwise/core/backend'
import { bilinearTaps, nearestIndices } from '@depthwise/core/heads'
import { resizeShift, resizeUnit, resizeWeight } from '@depthwise/core/integers'
import { all, pack, unpack } from '../integers/kernels/text.ts'
import { packWords } from '../integers/pack.ts'
import type { IntegerContext } from '../integers/site.ts'
import { type Kernel, kernel, reads, writes } from '../kernels/kernel.ts'
import type { Layout } from '../plan/layout.ts'
import type { Packed } from '../plan/params.ts'
import type { Launch } from '../plan/rules.ts'
import { locatePixel, vectorAt } from './resize.ts'

const workgroup = 64

/** `w` holds for each row, then for each column of the result both places in the operand and the weight of the second. */
const wordsPerPlace = 3

function table(op: OpOf<'resize'>, { shape }: Layout): Packed {
  const places = ([0, 1] as const).flatMap(axis => {
    const from = shape[axis + 1] as number
    if (op.filter === 'nearest') return nearestIndices(op, axis, from).map(at => [at, at, 0])
    return bilinearTaps(op, axis, from).map(({ lower, upper, fraction }) => [lower, upper, resizeWeight(fraction)])
  })
  return packWords(wordsPerPlace * places.length, words => words.set(places.flat()))
}

/** Bytes weighed as they lie in memory: weights sum to one, so that what flips the sign of all flips that of the sum. */
function resizeKernel({ filter, size }: OpOf<'resize'>, input: Layout, output: Layout): Kernel {
  const at = (row: string, column: string): string => `x[${vectorAt(input, row, column)}]`
  const between = `let upper = mixed(unpack(${at('w[v]', 'w[h]')}), unpack(${at('w[v]', 'w[h + 1u]')}), w[h + 2u]);
let lower = mixed(unpack(${at('w[v + 1u]', 'w[h]')}), unpack(${at('w[v + 1u]', 'w[h + 1u]')}), w[h + 2u]);
y[index] = pack((mixed(upper, lower, w[v + 2u]) + ${all(2 ** (resizeShift - 1))}) >> vec4u(${resizeShift}u));`
  return kernel({
    name: `resize_${filter}_i8`,
    bindings: [reads('x', input), reads('w', { dtype: 'bytes' }), writes('y', output)],
    before:
      filter === 'nearest'
        ? ''
        : `${unpack}
${pack}
fn mixed(a: vec4i, b: vec4i, weight: u32) -> vec4i {
  return a * ${resizeUnit} + (b - a) * i32(weight);
}`,
    body: `${locatePixel(output, input)}
let v = row * ${wordsPerPlace}u;
let h = (${size[0]}u + column) * ${wordsPerPlace}u;
${filter === 'nearest' ? `y[index] = ${at('w[v]', 'w[h]')};` : between}`,
    total: output.rows * output.groups,
    workgroup,
  })
}

export function lowerIntegerResize(op: OpOf<'resize'>, { operands, output }: IntegerContext): Launch {
  const input = operands[0] as Layout
  return { kernel: resizeKernel(op, input, output), params: table(op, input) }
}

import { type Kernel, kernel, reads, writes } from '../../kernels/kernel.ts'
import { real } from '../../kernels/wgsl.ts'
import type { Layout } from '../../plan/layout.ts'
import { pack, rounded } from './text.ts'

/** How probabilities become bytes. */
export interface ProbabilityBytes {
  readonly scale: number
  readonly zero: number
  /** The largest byte in memory. */
  readonly max: number
  /** Whether a half is added before the fraction is cut off, as TFLite does for uint8, or is looked at by itself. */
  readonly addsHalf: boolean
}

/**
 * `reciprocal`: the float32 nearest to `1 / x`, whose division WGSL lets be off by 2.5 units in the last place (WGSL, section
 * 15.7.4). The mantissa is divided bit by bit, in integers; a remainder above a half rounds up, and there are no ties.
 */
export const reciprocal = `fn reciprocal(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let exponent = bits >> 23u;
  let divisor = (bits & 0x7fffffu) | 0x800000u;
  if (divisor == 0x800000u) { return bitcast<f32>((254u - exponent) << 23u); }
  var remainder = 0x800000u;
  var quotient = 0u;
  for (var bit = 0; bit < 24; bit++) {
    remainder <<= 1u;
    quotient <<= 1u;
    if (remainder >= divisor) {
      remainder -= divisor;
      quotient |= 1u;
    }
  }
  let mantissa = (quotient & 0x7fffffu) + select(0u, 1u, 2u * remainder > divisor);
  return bitcast<f32>(((253u - exponent) << 23u) + mantissa);
}`

/**
 * Softmax over rows of bytes, a thread a row, since the order of the sum is part of the answer. `w` holds a word of zero, and behind
 * it the exponentials of the difference from the largest byte.
 */
export function integerSoftmax(input: Layout, output: Layout, bytes: ProbabilityBytes): Kernel {
  const each = `for (var c = 0u; c < ${input.channels}u; c++)`
  const byte = 'extractBits(bitcast<i32>(x[row + c / 4u]), c % 4u * 8u, 8u)'
  const exponential = `bitcast<f32>(w[1 + largest - ${byte}])`
  const round = bytes.addsHalf ? 'i32(steps + 0.5)' : 'i32(floor(steps)) + select(0, 1, steps - floor(steps) >= 0.5)'
  const body = `let row = index * ${input.groups}u;
var largest = -128;
${each} { largest = max(largest, ${byte}); }
var sum = 0.0;
${each} { sum = rounded(sum + ${exponential}); }
let factor = reciprocal(rounded(sum * ${real(bytes.scale)}));
for (var n = 0u; n < ${output.groups}u; n++) {
var bytes = vec4i();
for (var lane = 0u; lane < 4u; lane++) {
let c = n * 4u + lane;
if (c >= ${input.channels}u) { break; }
let steps = min(rounded(${exponential} * factor), 1024.0);
bytes[lane] = min(${round} + ${bytes.zero}, ${bytes.max});
}
y[row + n] = pack(bytes);
}`
  return kernel({
    name: 'softmax_i8',
    bindings: [reads('x', input), reads('w', { dtype: 'bytes' }), writes('y', output)],
    before: [pack, rounded('w[0]'), reciprocal].join('\n'),
    body,
    total: input.rows,
    workgroup: 64,
  })
}

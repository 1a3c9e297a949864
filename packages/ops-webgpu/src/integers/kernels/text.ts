import { real } from '../../kernels/wgsl.ts'

// Functions of WGSL that kernels on bytes put in front of `main`. A word holds four signed bytes, the first in its low bits.

/** `unpack`: the four bytes of a word. By shifts, since `unpack4xI8` is part of a feature that not every WGSL has. */
export const unpack = `fn unpack(word: u32) -> vec4i {
  return (vec4i(bitcast<i32>(word)) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
}`

/** `pack`: the low bytes of four integers as a word. */
export const pack = `fn pack(bytes: vec4i) -> u32 {
  let low = bitcast<vec4u>(bytes) & vec4u(255u);
  return low.x | (low.y << 8u) | (low.z << 16u) | (low.w << 24u);
}`

/** A word of four equal bytes. */
export const splat = (byte: number): string => `${(byte & 255) * 0x1010101}u`

/** A vector of four equal integers. */
export const all = (value: number): string => `vec4i(${value})`

/**
 * `dots`: the products of four channels with the weights of four filters, summed. By the dot product of four signed bytes where
 * WGSL has it, else on unpacked bytes.
 */
export function dots(packed: boolean): string {
  const dot = packed ? 'dot4I8Packed(x, w.$)' : 'dot(bytes, unpack(w.$))'
  const each = ['x', 'y', 'z', 'w'].map(lane => dot.replace('$', lane)).join(', ')
  return `fn dots(x: u32, w: vec4u) -> vec4i {
  ${packed ? '' : 'let bytes = unpack(x);\n  '}return vec4i(${each});
}`
}

/** Bytes that a kernel stores: bounds in steps of the result less its zero point, and the zero point in memory. */
export interface Result {
  readonly min: number
  readonly max: number
  readonly zero: number
}

/** `settle`: reals, in steps of the result, to its bytes: rounded half to even, within the bounds. */
export const settle = ({ min, max, zero }: Result): string => `fn settle(steps: vec4f) -> vec4i {
  return vec4i(clamp(round(steps), vec4f(${real(min)}), vec4f(${real(max)}))) + ${all(zero)};
}`

/**
 * `toReals`: 32-bit integers to the nearest float32. WGSL lets a conversion round either way, as it may from 2^24 on; both halves of
 * an integer are exact, and so is their fused product: what rounds is one addition.
 */
export const toReals = `fn toReals(sum: vec4i) -> vec4f {
  return vec4f(sum >> vec4u(16u)) * 65536.0 + vec4f(sum & vec4i(65535));
}`

/**
 * `rounded`: its operand, a product that is added to something. WGSL lets compilers fuse the two, which would leave out the
 * rounding between them; a word of the parameters, which is zero, stands in the way: bits that pass through it must exist.
 */
export const rounded = (zeroWord: string): string => `fn rounded(product: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(product) ^ ${zeroWord});
}`

/** `byteAt`: the byte of a table in `w`, which is packed four to a word, by its index. */
export const byteAt = `fn byteAt(index: u32) -> u32 {
  return (w[index / 4u] >> (index % 4u * 8u)) & 255u;
}`

/** `mapped`: the four bytes of a word through the table of `byteAt`. */
export const mapped = `fn mapped(x: u32) -> u32 {
  return byteAt(x & 255u) | (byteAt((x >> 8u) & 255u) << 8u) | (byteAt((x >> 16u) & 255u) << 16u) | (byteAt(x >> 24u) << 24u);
}`

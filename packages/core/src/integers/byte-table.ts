import type { ClampOp } from '../ops/clamp.ts'
import type { ConcatOp } from '../ops/concat.ts'
import type { HardSwishOp } from '../ops/hard-swish.ts'
import type { QuantizeOp } from '../ops/quantize.ts'
import type { SigmoidOp } from '../ops/sigmoid.ts'
import { roundHalfEven } from '../rounding.ts'
import { type ByteType, saturate } from './byte-type.ts'
import { concatFactors, joinedByte } from './concat.ts'
import { hardSwishByte } from './hard-swish.ts'
import { storedBounds } from './product.ts'
import { requantize } from './requantize.ts'

const f = Math.fround

/** The ops that make a byte of a byte, whatever stands beside it; of `concat`, what becomes of the bytes of one operand. */
export type ByteOp = ClampOp | SigmoidOp | HardSwishOp | QuantizeOp | ConcatOp

type ByteFunction<O> = (stored: number, from: ByteType, to: ByteType, op: O) => number

const functions: { readonly [K in ByteOp['kind']]: ByteFunction<Extract<ByteOp, { readonly kind: K }>> } = {
  clamp(stored, from, to, op) {
    const { min, max } = storedBounds(op, to)
    return Math.min(Math.max(requantize(stored, from, to), min), max)
  },
  sigmoid(stored, from, to) {
    const x = f(from.scale * (stored - from.zeroPoint))
    const y = f(f(1 / to.scale) / f(1 + f(Math.exp(-x))))
    return saturate(roundHalfEven(y) + to.zeroPoint, to)
  },
  hardSwish: hardSwishByte,
  quantize: requantize,
  concat: (stored, from, to) => joinedByte(stored, concatFactors(from, to), to),
}

/**
 * The byte that an op makes of a byte. `clamp` requantizes as `quantize` does and keeps to `storedBounds`; `sigmoid` is
 * `rne(f(f(1 / sy) / f(1 + f(exp(-x))))) + zy`, XNNPACK's; `hardSwish` is TFLite's in fixed point.
 */
export function applyToByte(op: ByteOp, stored: number, from: ByteType, to: ByteType): number {
  return (functions[op.kind] as ByteFunction<ByteOp>)(stored, from, to, op)
}

/** `applyToByte` of all 256 bytes: the entry of a byte, both taken as unsigned, is the byte of the result. */
export function byteTable(op: ByteOp, from: ByteType, to: ByteType): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(256)
  for (let stored = from.min; stored <= from.max; stored++) table[stored & 255] = applyToByte(op, stored, from, to)
  return table
}

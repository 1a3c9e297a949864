import type { Shape } from '@depthwise/core'
import { elementCount, type OpOf } from '@depthwise/core/backend'
import type { Arithmetic } from './affine-operators.ts'

// Arithmetic with a constant as core has it: `affine`, a scale and an offset for each channel.

/** `x * scale + offset`. */
export interface Affine {
  readonly scale: number
  readonly offset: number
}

/**
 * What an operator with a constant does to its other operand.
 * @param isLeft whether the constant is the left operand: `constant - x`
 * @returns null for `constant / x`, which is not affine
 */
export function affineOf(operator: Arithmetic, constant: number, isLeft: boolean): Affine | null {
  switch (operator) {
    case 'add':
      return { scale: 1, offset: constant }
    case 'sub':
      return isLeft ? { scale: -1, offset: constant } : { scale: 1, offset: -constant }
    case 'mul':
      return { scale: constant, offset: 0 }
    case 'div':
      return isLeft ? null : { scale: 1 / constant, offset: 0 }
  }
}

/** The attributes of `affine` for one constant per channel; null where `affineOf` is. */
export function affineChannels(
  operator: Arithmetic,
  constants: readonly number[],
  isLeft: boolean,
): { readonly scale: readonly number[]; readonly offset: readonly number[] } | null {
  const rows = constants.map(constant => affineOf(operator, constant, isLeft))
  if (rows.some(row => row === null)) return null
  const affine = rows as readonly Affine[]
  return { scale: affine.map(row => row.scale), offset: affine.map(row => row.offset) }
}

/** The same scale and offset for each of so many channels. */
export function uniformAffine(channels: number, { scale, offset }: Affine): OpOf<'affine'> {
  const each = (value: number): readonly number[] => new Array<number>(channels).fill(value)
  return { kind: 'affine', scale: each(scale), offset: each(offset) }
}

/**
 * A constant operand as one number for each channel of a value of shape `to`, channels last: a single number stands for all, and
 * broadcasting may add axes of extent 1 in front.
 * @returns null where it runs along another axis, or several
 */
export function channelConstants(shape: Shape, values: ArrayLike<number>, to: Shape): readonly number[] | null {
  const channels = to.at(-1) ?? 1
  const isSingle = elementCount(shape) === 1
  const fits = isSingle || (shape.at(-1) === channels && elementCount(shape) === channels)
  if (!fits || shape.length > to.length) return null
  return Array.from({ length: channels }, (_, channel) => values[isSingle ? 0 : channel] as number)
}

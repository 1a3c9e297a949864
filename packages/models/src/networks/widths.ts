import { makeDivisible } from './make-divisible.ts'

/** Channels of a layer that has `channels` of them at alpha 1. Never fewer at a larger alpha. */
export type WidthRule = (channels: number, alpha: number) => number

export const truncated: WidthRule = (channels, alpha) => Math.trunc(channels * alpha)

export const truncatedToAtLeast8: WidthRule = (channels, alpha) => Math.max(truncated(channels, alpha), 8)

export const divisible: WidthRule = (channels, alpha) => makeDivisible(channels * alpha)

/** At alpha 1.12, 16 channels become 17.92, then 17 and then 16, where `divisible` makes them 24. */
export const truncatedThenDivisible: WidthRule = (channels, alpha) => makeDivisible(truncated(channels, alpha))

/** `divisible`, but never below what there is at alpha 1. */
export const neverThinned: WidthRule = (channels, alpha) => makeDivisible(channels * Math.max(alpha, 1))

import type { Architecture } from '@depthwise/core'

/** Versions and alphas as the names of published checkpoints have them. */
export const short: { readonly [N in Architecture['network']]: string } = { mobilenet_v1: 'v1', mobilenet_v2: 'v2' }
export const decimals = (alpha: number): string => (Number.isInteger(alpha) ? alpha.toFixed(1) : `${alpha}`)

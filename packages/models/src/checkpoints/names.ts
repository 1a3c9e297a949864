import type { NetworkName } from '../networks/architecture.ts'

/** Networks and alphas as the names of published checkpoints have them: `v2`, `1.0`. */
export const short = (network: NetworkName): string => network.replace('mobilenet_', '').replaceAll('_', '-')
export const decimals = (alpha: number): string => (Number.isInteger(alpha) ? alpha.toFixed(1) : `${alpha}`)

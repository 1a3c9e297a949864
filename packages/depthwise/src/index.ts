import { type Load, loadOn } from './load.ts'
import { nodePlatform } from './node/platform.ts'

export * from './exports.ts'

/** {@inheritDoc Load} */
export const load: Load = loadOn(nodePlatform)

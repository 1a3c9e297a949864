import { type Load, loadOn } from './load.ts'
import { webPlatform } from './web/platform.ts'

export * from './exports.ts'

/** {@inheritDoc Load} */
export const load: Load = loadOn(webPlatform)

// `@depthwise/models/weights`: bare weights and the networks that they belong to, apart from the rest for pages that read none.

export type { Naming } from '../networks/weight-names.ts'
export { type ListedLayer, type ManifestGraphOptions, manifestGraph } from './manifest.ts'
export { nameWeights } from './name.ts'
export { type Weights, weightsOf } from './weights.ts'

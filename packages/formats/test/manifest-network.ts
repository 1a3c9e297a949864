import type { Model } from '@depthwise/core'
import { type ManifestGraphOptions, manifestGraph } from '@depthwise/models/weights'
import { type ReadFile, readManifest } from '../src/index.ts'

/** Reads the network of a folder, which is V2's. */
export const readManifestNetwork = (read: ReadFile, options?: ManifestGraphOptions): Promise<Model> =>
  readManifest(read, layers => manifestGraph(layers, options))

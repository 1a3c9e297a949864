import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

// This file stays in the folder under the package's root, as what is built of it does: addresses count from there.

/** Path of the checkpoint that comes with the models package. */
export function defaultCheckpoint(): string {
  return createRequire(import.meta.url).resolve('@depthwise/models/default.depthwise')
}

/** Folder of the drawings that `start` looks at. */
export const samples: string = fileURLToPath(new URL('../samples/', import.meta.url))

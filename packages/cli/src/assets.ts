import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

// This file must stay one folder below the package's root, as its build does: the addresses are relative to it.

/** Path of the built-in checkpoint, in the models package. */
export function defaultCheckpoint(): string {
  return createRequire(import.meta.url).resolve('@depthwise/models/default.depthwise')
}

/** Folder of the drawings that `start` classifies. */
export const samples: string = fileURLToPath(new URL('../samples/', import.meta.url))

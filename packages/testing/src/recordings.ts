import { readdirSync } from 'node:fs'
import type { Tensor } from '../../core/src/index.ts'
import { readNpy } from '../../formats/src/index.ts'
import { shared, sharedBytes, testsShared } from './shared-folder.ts'

/** Recorded arrays of a folder, by the end of their names; none where the shared folder is absent. */
export function listGolden(folder: 'golden' | 'golden/litert', ending: string): string[] {
  return testsShared ? readdirSync(shared + folder).filter(file => file.endsWith(ending)) : []
}

/** A recorded array: a `.npy` file of the shared folder. */
export function readGolden(file: string): Tensor {
  return readNpy(sharedBytes(file))
}

/** The numbers of a recorded array, by its name in `golden`. */
export function golden(name: string): Float32Array {
  return Float32Array.from(readGolden(`golden/${name}.npy`).data)
}

import type { BytesLike, Tensor } from '@depthwise/core'
import { toBytes } from '@depthwise/core/backend'
import { type Zippable, zipSync } from 'fflate'
import { refuse } from '../identify/index.ts'
import { within } from '../within.ts'
import { Archive } from '../zip/archive.ts'
import { readNpy, writeNpy } from './npy.ts'

/** How far an archive is trusted: a few bytes of one can unpack to gigabytes. */
export interface ReadNpzOptions {
  /** How many bytes all arrays together may unpack to. Default: 16 MiB and 64 times the archive. */
  readonly largest?: number
}

/**
 * Reads the arrays of a NumPy archive (`.npz`, stored or deflated) by name, without `.npy`, in the order of the archive.
 * @throws FormatError naming the array: archives that contradict themselves or unpack to more than `largest`, files that
 * are no arrays, and whatever `readNpy` refuses
 */
export function readNpz(source: BytesLike, options: ReadNpzOptions = {}): ReadonlyMap<string, Tensor> {
  const bytes = toBytes(source)
  const archive = within('npz', () => Archive.open(bytes))
  if (!archive?.names.every(name => name.endsWith('.npy'))) refuse(bytes, 'npz', 'a NumPy archive (.npz)')
  let left = options.largest ?? 2 ** 24 + 64 * bytes.length
  const arrays = new Map<string, Tensor>()
  for (const file of archive.names) {
    within(`npz, "${file.slice(0, 80)}"`, () => {
      const unpacked = archive.extract(file, left) as Uint8Array
      left -= unpacked.length
      arrays.set(file.slice(0, -'.npy'.length), readNpy(unpacked))
    })
  }
  return arrays
}

/** Writes arrays as a NumPy archive, stored, in the order of the map. Equal maps give equal bytes. */
export function writeNpz(arrays: ReadonlyMap<string, Tensor>): Uint8Array {
  const files: Zippable = {}
  for (const [name, tensor] of arrays) files[`${name}.npy`] = writeNpy(tensor)
  // Zip cannot say "no time": its clock starts in 1980, here at noon so that no time zone makes it earlier.
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1, 12) })
}

import type { LayerClass, Tile } from '../tiles.ts'

/** Tiles to be tried, by layer class, in the order they are tried; the built-in table's goes first by itself, but for `separable`. */
export type Candidates = { readonly [K in LayerClass]?: readonly Tile[] }

const tile = (pixels: number, groups: number, split: number, workgroup: number): Tile => ({
  pixels,
  groups,
  split,
  workgroup,
})

/**
 * What `tune` tries where nothing else is asked for: register tiles from narrow to wide, sums alone and shared, workgroups of
 * one to four of the 32 or 64 threads that GPUs run in step. Classes whose layers take no time worth a trial are left out.
 */
export const defaultCandidates: Candidates = {
  pointwise: [tile(4, 1, 1, 64), tile(4, 2, 1, 128), tile(8, 1, 1, 64), tile(8, 2, 1, 64), tile(4, 4, 1, 64)],
  late: [tile(4, 2, 1, 64), tile(1, 1, 16, 64), tile(2, 1, 4, 64), tile(4, 1, 8, 64), tile(4, 1, 16, 128)],
  conv: [tile(2, 1, 1, 64), tile(4, 2, 1, 64), tile(2, 2, 1, 128)],
  depthwise: [tile(1, 1, 1, 64), tile(4, 1, 1, 64), tile(2, 1, 1, 128), tile(1, 1, 1, 256)],
  dense: [tile(1, 1, 1, 64), tile(1, 1, 8, 64), tile(1, 1, 32, 128)],
  globalPool: [tile(1, 1, 1, 64), tile(1, 1, 4, 64)],
  separable: [tile(4, 2, 1, 64), tile(2, 2, 1, 64), tile(4, 1, 1, 128), tile(4, 2, 1, 128), tile(8, 2, 1, 128)],
}

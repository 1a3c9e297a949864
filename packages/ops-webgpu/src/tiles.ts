/** How much of a layer one thread computes, and how threads share the rest. */
export interface Tile {
  /** Output pixels a thread. */
  readonly pixels: number
  /** Vectors of four output channels a thread. */
  readonly groups: number
  /** Threads of a workgroup that share one result, each summing a slice of the terms: 1 means nobody shares. */
  readonly split: number
  /** Threads a workgroup. */
  readonly workgroup: number
}

/**
 * Layers that are tiled alike. `late`: pointwise layers with too few outputs to fill a GPU, but long sums. `separable`:
 * depthwise and pointwise in one launch, where that is asked for.
 */
export type LayerClass =
  | 'pointwise'
  | 'late'
  | 'conv'
  | 'grouped'
  | 'depthwise'
  | 'dense'
  | 'globalPool'
  | 'softmax'
  | 'separable'
  | 'other'

/**
 * Software adapters run a thread after another, and take a second to compile 64 threads that share memory; GPUs want many
 * threads at once.
 */
export type AdapterClass = 'software' | 'gpu'

/** A tile for every class of layers. */
export type Tiles = { readonly [K in LayerClass]: Tile }

const alone = { split: 1, workgroup: 64 } as const

/** What `tileFits` asks for, in words. */
export const tileDomain =
  'counts from 1; pixels x groups up to 32, workgroup a multiple of split up to 256, 1024 shared sums'

/** Whether kernels can be written by this tile, and run on every adapter. */
export function tileFits({ pixels, groups, split, workgroup }: Tile): boolean {
  return (
    [pixels, groups, split, workgroup].every(count => Number.isInteger(count) && count >= 1) &&
    pixels * groups <= 32 &&
    workgroup <= 256 &&
    workgroup % split === 0 &&
    // Sums that meet do so in the 16 KiB of workgroup memory that every adapter has.
    (split === 1 || pixels * groups * workgroup <= 1024)
  )
}

/** Tile configurations by layer class and adapter class. */
export const tileTable: { readonly [A in AdapterClass]: Tiles } = {
  software: {
    pointwise: { pixels: 4, groups: 2, ...alone },
    late: { pixels: 4, groups: 2, ...alone },
    conv: { pixels: 4, groups: 2, ...alone },
    grouped: { pixels: 1, groups: 1, ...alone },
    depthwise: { pixels: 4, groups: 1, ...alone },
    dense: { pixels: 1, groups: 1, ...alone },
    globalPool: { pixels: 1, groups: 1, ...alone },
    softmax: { pixels: 1, groups: 1, ...alone },
    separable: { pixels: 4, groups: 2, split: 1, workgroup: 16 },
    other: { pixels: 1, groups: 1, ...alone },
  },
  gpu: {
    pointwise: { pixels: 4, groups: 2, ...alone },
    late: { pixels: 2, groups: 1, split: 8, workgroup: 64 },
    conv: { pixels: 4, groups: 1, ...alone },
    grouped: { pixels: 1, groups: 1, ...alone },
    depthwise: { pixels: 2, groups: 1, ...alone },
    dense: { pixels: 1, groups: 1, split: 16, workgroup: 64 },
    globalPool: { pixels: 1, groups: 1, split: 8, workgroup: 64 },
    softmax: { pixels: 1, groups: 1, split: 64, workgroup: 64 },
    separable: { pixels: 4, groups: 2, ...alone },
    other: { pixels: 1, groups: 1, ...alone },
  },
}

/** Results a pointwise layer needs, in vectors, to keep a GPU busy with 4x2 tiles; below, layers count as late. */
export const busy = 65536

/** The tile as it fits a layer: groups of channels divide the layer's, threads of a workgroup stay within the limit. */
export function fitted(tile: Tile, groups: number, pixels: number): Tile {
  let fitting = tile.groups
  while (groups % fitting !== 0) fitting = Math.floor(fitting / 2)
  return { ...tile, groups: Math.max(1, fitting), pixels: Math.min(tile.pixels, pixels) }
}

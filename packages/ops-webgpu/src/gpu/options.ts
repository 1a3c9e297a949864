import { OptionError } from '@depthwise/core'
import type { Tiles } from '../tiles.ts'
import type { Gpu, GpuAdapter, GpuDevice } from './types.ts'

/** Where the device comes from, and how the graph is compiled for it. */
export interface WebGpuOptions {
  /** The entry point; default the host's `navigator.gpu`. In Node, `create([])` of the `webgpu` package. */
  readonly gpu?: Gpu
  /** An adapter of the caller's. It yields one device: after a loss another is asked of `gpu`, if there is one. */
  readonly adapter?: GpuAdapter
  /** A device of the caller's, shared with their rendering: never destroyed here, and not replaced when it is lost. */
  readonly device?: GpuDevice
  /** Which adapter to ask for, where there are several. */
  readonly powerPreference?: 'low-power' | 'high-performance'
  /** How weights and inner values are stored: `f16` needs the feature `shader-f16`. Sums are float32. Default `f32`. */
  readonly precision?: 'f32' | 'f16'
  /** Tile configurations by layer class, instead of the table's. */
  readonly tiles?: Partial<Tiles>
}

/** The one global a browser offers. */
interface Host {
  readonly navigator?: { readonly gpu?: Gpu }
}

/** The caller's entry point or the host's; undefined where there is none. */
export function entryPoint({ gpu }: WebGpuOptions): Gpu | undefined {
  return gpu ?? (globalThis as unknown as Host).navigator?.gpu
}

/** @throws OptionError for a value outside its option's domain */
export function checkOptions({ precision, tiles = {} }: WebGpuOptions): void {
  if (precision !== undefined && precision !== 'f32' && precision !== 'f16') {
    throw new OptionError({ where: 'option precision', expected: "'f32' or 'f16'", found: `${precision}` })
  }
  for (const [layer, { pixels, groups, split, workgroup }] of Object.entries(tiles)) {
    const counts = [pixels, groups, split, workgroup]
    const fits =
      counts.every(count => Number.isInteger(count) && count >= 1) &&
      pixels * groups <= 32 &&
      workgroup <= 256 &&
      workgroup % split === 0 &&
      // Sums that meet do so in the 16 KiB of workgroup memory that every adapter has.
      (split === 1 || pixels * groups * workgroup <= 1024)
    if (!fits) {
      const expected =
        'counts from 1; pixels x groups up to 32, workgroup a multiple of split up to 256, 1024 shared sums'
      throw new OptionError({ where: `option tiles, ${layer}`, expected, found: counts.join(', ') })
    }
  }
}

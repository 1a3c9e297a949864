import { OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import type { Fusion } from '../plan/fusion.ts'
import { type Tiles, tileDomain, tileFits } from '../tiles.ts'
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
  /** What weights and inner values are stored as: `float16` needs the feature `shader-f16`. Sums are float32. Default `float32`. */
  readonly dtype?: 'float32' | 'float16'
  /** Tile configurations by layer class, instead of the table's. */
  readonly tiles?: Partial<Tiles>
  /** Fuses more than is fused by itself; see `separable` of `@depthwise/ops-webgpu/separable`. */
  readonly fuse?: Fusion
  /** What `tune` of `@depthwise/ops-webgpu/tune` found on this adapter; `tiles` and `fuse` go before it. */
  readonly tuning?: Tuned
}

/** Tiles, and perhaps a fusion, that were the fastest on one adapter. */
export interface Tuned {
  /** The adapter's own words; compiling on another is an OptionError. */
  readonly adapter: string
  readonly tiles: Partial<Tiles>
  readonly fuse?: Fusion
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
export function checkOptions({ dtype, tiles, tuning, device, adapter }: WebGpuOptions): void {
  if (device && typeof device.createBuffer !== 'function') {
    throw new OptionError({ where: 'option device', expected: 'a GPUDevice, awaited', found: show(device) })
  }
  if (adapter && typeof adapter.requestDevice !== 'function') {
    throw new OptionError({ where: 'option adapter', expected: 'a GPUAdapter, awaited', found: show(adapter) })
  }
  if (dtype !== undefined && dtype !== 'float32' && dtype !== 'float16') {
    throw new OptionError({ where: 'option dtype', expected: "'float32' or 'float16'", found: `${dtype}` })
  }
  for (const [layer, tile] of Object.entries({ ...tuning?.tiles, ...tiles })) {
    if (!tileFits(tile)) {
      throw new OptionError({ where: `option tiles, ${layer}`, expected: tileDomain, found: show(tile) })
    }
  }
}

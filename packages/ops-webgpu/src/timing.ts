import type { LayerTiming } from '@depthwise/core'
import type { LayerClass } from './tiles.ts'

/** One launch of a kernel, with what it is about. */
export interface LaunchTiming {
  /** The kernel's name, which is a specification: `pointwise4x2_bias_clamp0to6`. */
  readonly kernel: string
  readonly workgroups: number
  /** Multiply-accumulates of convolutions and dense layers, zeros of padding included as in the papers; of others 0. */
  readonly macs: number
  /**
   * Bytes of what it is bound to: operands, parameters and result, each once, as the device stores them. Caches may save some
   * of it, and kernels that read an operand again may ask for more.
   */
  readonly bytes: number
  readonly milliseconds: number
}

/** Time of one fusion group, launch by launch; `nodes` are the authored nodes that it computes. */
export interface GpuLayerTiming extends LayerTiming {
  /** Which row of the tile table its kernels were written by; null for kernels without a tile. */
  readonly layer: LayerClass | null
  readonly launches: readonly LaunchTiming[]
}

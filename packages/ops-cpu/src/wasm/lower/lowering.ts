import type { Node, Params, Tensor } from '@depthwise/core'
import type { Activation } from '@depthwise/core/backend'
import type { StoreActivation } from '../kernels/activation.ts'
import type { Constants } from '../plan/constants.ts'
import type { Layout } from '../plan/layout.ts'
import type { Program } from './program.ts'

/** What lowering may use while it writes records. */
export interface Target {
  readonly program: Program
  readonly constants: Constants
  readonly params: Params
  /** Whether kernels use `f32x4.relaxed_madd`; it decides the tiles. */
  readonly relaxed: boolean
  /** Address of zeros that nobody writes, as many bytes as the largest `zeroBytes` asks for. */
  readonly zeros: number
}

/** Where a group's values lie, once the arena is planned. */
export interface Places {
  readonly inputs: readonly number[]
  readonly output: number
  /** Start of a thread's own scratch memory. */
  scratch(thread: number): number
}

/** A group of nodes, understood: how much scratch it wants, and how to write its records. */
export interface Lowered {
  /** The kernels in words, for plans and profiles. */
  readonly kernel: string
  /** Bytes of scratch memory a thread. */
  readonly scratchBytes: number
  /** Bytes of zeros that stand for rows outside an image; default none. */
  readonly zeroBytes?: number
  /** Whether the result is the first operand, where it lies, under another shape or type. */
  readonly renames?: boolean
  emit(target: Target, places: Places): void
}

/** A node with the layouts of its operands and its own. */
export interface Site {
  readonly node: Node
  readonly inputs: readonly Layout[]
  readonly output: Layout
}

/** What the kernel of a product applies: kernels that clamp also serve products without an activation. */
export const storeActivation = (activation: Activation | null): StoreActivation => activation?.kind ?? 'clamp'

/** The three words of a record that say how to clamp. */
export function clampWords(activation: Activation | null): { clamped: number; min: number; max: number } {
  if (activation?.kind !== 'clamp') return { clamped: 0, min: -Infinity, max: Infinity }
  return { clamped: 1, min: activation.min, max: activation.max }
}

/** A parameter that `checkParams` has found to be there. */
export function parameter(params: Params, name: string): Tensor
export function parameter(params: Params, name: string | null): Tensor | null
export function parameter(params: Params, name: string | null): Tensor | null {
  return name === null ? null : (params.get(name) as Tensor)
}

/**
 * Packs a scale and an offset a channel for `affineKernel`: a vector of scales, then one of offsets, by turns. Lanes beyond
 * the last channel get zeros.
 */
export function packAffine(
  constants: Constants,
  key: readonly unknown[],
  channels: number,
  of: (channel: number) => readonly [scale: number, offset: number],
): number {
  return constants.reserve(key, 8 * Math.ceil(channels / 4), memory => {
    for (let c = 0; c < channels; c++) {
      const at = (c >> 2) * 8 + (c & 3)
      const [scale, offset] = of(c)
      memory[at] = scale
      memory[at + 4] = offset
    }
  })
}

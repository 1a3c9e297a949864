import type { Tensor } from '@depthwise/core'
import type { Factored } from '@depthwise/core/backend'
import { roundUp } from './layout.ts'

/** Panels of one width, side by side: `vectors` times four output channels each. */
export interface PanelRun {
  readonly vectors: number
  readonly panels: number
  /** First output channel, and first float in the packed weights. */
  readonly channel: number
  readonly offset: number
}

/** Output channels cut into panels of `vectors` vectors; what is left goes into narrower ones, down to one vector. */
export function panelRuns(channels: number, depth: number, vectors: number): readonly PanelRun[] {
  const runs: PanelRun[] = []
  const total = roundUp(channels, 4)
  let channel = 0
  for (let width = vectors; width >= 1 && channel < total; width = width > 2 ? 2 : width - 1) {
    const panels = Math.floor((total - channel) / (4 * width))
    if (panels > 0) runs.push({ vectors: width, panels, channel, offset: channel * (depth + 1) })
    channel += panels * 4 * width
  }
  return runs
}

/** Floats that packed weights take: a bias and `depth` weights for every output channel, channels rounded up to four. */
export function packedProductFloats(channels: number, depth: number): number {
  return roundUp(channels, 4) * (depth + 1)
}

/** A `depth x columns` block of a weight matrix that may be wider: row-major, `stride` floats from row to row. */
export interface WeightBlock extends Factored {
  /** Its first column. */
  readonly start: number
  readonly stride: number
  readonly depth: number
  readonly channels: number
}

const blockRows = 16

/**
 * Packs a weight matrix for the product kernels: panel by panel, first the bias of its channels, then for each row of the
 * depth its weights. A kernel reads the result from front to back. Channels beyond the last are zeros.
 */
export function packProduct(
  target: Float32Array,
  block: WeightBlock,
  bias: Tensor | null,
  biasStart: number,
  runs: readonly PanelRun[],
): void {
  const { data, factors, start, stride, depth, channels } = block
  for (const run of runs) {
    const width = 4 * run.vectors
    const panelFloats = width * (depth + 1)
    for (let panel = 0; bias && panel < run.panels; panel++) {
      const channel = run.channel + panel * width
      for (let i = 0; i < Math.min(width, channels - channel); i++) {
        target[run.offset + panel * panelFloats + i] = bias.data[biasStart + channel + i]!
      }
    }
    // A few rows at a time for all panels: a row's cache lines are still there when the next panel wants their other half.
    for (let top = 0; top < depth; top += blockRows) {
      const rows = Math.min(blockRows, depth - top)
      for (let panel = 0; panel < run.panels; panel++) {
        const channel = run.channel + panel * width
        const present = Math.min(width, channels - channel)
        const column = start + channel
        let to = run.offset + panel * panelFloats + width * (top + 1)
        let from = top * stride + column
        for (let k = 0; k < rows; k++) {
          for (let i = 0; i < present; i++) target[to + i] = data[from + i]! * factors[column + i]!
          to += width
          from += stride
        }
      }
    }
  }
}

/** Packs depthwise weights `[window, channels]` four channels at a time: their bias, then the window's weights in order. */
export function packDepthwise(
  target: Float32Array,
  { data, factors }: Factored,
  bias: Tensor | null,
  window: number,
  channels: number,
): void {
  for (let c = 0; c < channels; c++) {
    const to = (c >> 2) * 4 * (window + 1) + (c & 3)
    target[to] = bias ? bias.data[c]! : 0
    for (let tap = 0; tap < window; tap++) target[to + 4 * (tap + 1)] = data[tap * channels + c]! * factors[c]!
  }
}

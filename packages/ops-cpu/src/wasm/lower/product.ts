import type { Activation } from '@depthwise/core/backend'
import type { Values } from '../kernels/kernel.ts'
import { convKernel, pointwiseKernel } from '../kernels/product.ts'
import type { Tile, WindowUnroll } from '../kernels/product-fields.ts'
import type { PanelRun } from '../plan/pack.ts'
import { clampWords, storeActivation, type Target } from './lowering.ts'

/** Pixels that a product covers: tiles of full height, tiles one pixel lower, and at most one of fewer pixels. */
export interface Rows {
  readonly full: number
  readonly lower: number
  readonly tail: number
}

/**
 * Covers `pixels` with tiles of `height` and `height - 1`, as few of the lower ones as possible: 49 pixels are 4 x 6 + 5 x 5,
 * where 8 x 6 + 1 would leave a tile that is all latency. Counts too small for that end in one smaller tile.
 */
export function coverRows(pixels: number, height: number): Rows {
  for (let full = Math.floor(pixels / height); height > 1 && full >= 0; full--) {
    const rest = pixels - full * height
    if (rest % (height - 1) === 0) return { full, lower: rest / (height - 1), tail: 0 }
  }
  return { full: Math.floor(pixels / height), lower: 0, tail: pixels % height }
}

/** Height of the register tile: twelve sums of 6x8 fit beside two weights and a pixel only where FMA needs no temporary. */
export function tileHeight(relaxed: boolean, vectors: number): number {
  if (vectors > 2) return 1
  return relaxed ? 6 : 4
}

/** Vectors of a panel: one pixel alone is bound by the latency of its sums unless there are eight of them. */
export function panelVectors(pixels: number): number {
  return pixels === 1 ? 8 : 2
}

export interface Product {
  readonly input: number
  readonly pixelStep: number
  readonly output: number
  readonly outputStep: number
  /** 0 for none. */
  readonly residual: number
  readonly weights: number
  readonly pixels: number
  readonly depth: number
  readonly runs: readonly PanelRun[]
  readonly activation: Activation | null
  /** For windows: runs of `depth` floats each. */
  readonly window?: Window
}

export interface Window {
  readonly rows: number
  readonly columns: number
  readonly rowJump: number
  readonly columnJump: number
}

/** How far the inner loop over a run of a window is unrolled. */
export function unrollOf(run: number): WindowUnroll {
  return run % 4 === 0 ? 4 : run % 3 === 0 ? 3 : 1
}

/** Writes the records of one product, for one thread. */
export function emitProduct({ program, constants, relaxed }: Target, thread: number, product: Product): void {
  const { pixels, depth, window, runs, activation, ...rest } = product
  const kind = storeActivation(activation)
  const runsDeep = depth * (window ? window.rows * window.columns : 1)
  for (const run of runs) {
    const height = tileHeight(relaxed, run.vectors)
    const { full, lower, tail } = coverRows(pixels, height)
    const panelBytes = 16 * run.vectors * (runsDeep + 1)
    constants.readAhead(panelBytes)
    const record = (tile: Tile, first: number, full: number, lower: number): void => {
      const values = {
        ...rest,
        ...clampWords(activation),
        input: product.input + first * product.pixelStep,
        output: product.output + first * product.outputStep + 4 * run.channel,
        residual: product.residual && product.residual + first * product.outputStep + 4 * run.channel,
        weights: product.weights + 4 * run.offset,
        panels: run.panels,
        panelBytes,
        depth,
        full,
        lower,
        lowerInput: full * tile.height * product.pixelStep,
        lowerOutput: full * tile.height * product.outputStep,
      } satisfies Partial<Values<ReturnType<typeof pointwiseKernel>['fields']>>
      if (window) program.record(thread, convKernel(tile, unrollOf(depth), kind), { ...values, ...window })
      else program.record(thread, pointwiseKernel(tile, kind), values)
    }
    const covered = full * height + lower * (height - 1)
    if (covered > 0) record({ height, vectors: run.vectors }, 0, full, lower)
    if (tail > 0) record({ height: tail, vectors: run.vectors }, covered, 1, 0)
  }
}

/** The runs' panels from `from` to `to`, counted over all runs: a thread's share of the output channels. */
export function sliceRuns(
  runs: readonly PanelRun[],
  from: number,
  to: number,
  floatsPerChannel: number,
): readonly PanelRun[] {
  let first = 0
  return runs.flatMap(run => {
    const [low, high] = [Math.max(from - first, 0), Math.min(to - first, run.panels)]
    first += run.panels
    if (high <= low) return []
    const skipped = low * 4 * run.vectors
    return [
      { ...run, panels: high - low, channel: run.channel + skipped, offset: run.offset + skipped * floatsPerChannel },
    ]
  })
}

import type { Kernel, Values } from '../../kernels/kernel.ts'
import type { Tile } from '../../kernels/product-fields.ts'
import type { Target } from '../../lower/lowering.ts'
import { coverRows, unrollOf, type Window } from '../../lower/product.ts'
import type { PanelRun } from '../../plan/pack.ts'
import type { Arithmetic } from '../arithmetic.ts'
import { integerConvKernel, integerPointwiseKernel } from '../kernels/product.ts'
import type { integerProductFields, integerWindowFields } from '../kernels/product-fields.ts'

/** Height of the register tile: a widened product needs a register for what it multiplies before it adds. */
export function integerTileHeight({ group }: Arithmetic, vectors: number): number {
  if (vectors > 2) return 1
  return group === 4 ? 6 : 4
}

export interface IntegerProduct {
  readonly input: number
  readonly pixelStep: number
  readonly output: number
  readonly outputStep: number
  readonly weights: number
  readonly pixels: number
  /** Lanes of 32 bits of a pixel, or of a run of the window. */
  readonly depth: number
  readonly runs: readonly PanelRun[]
  readonly window?: Window
  /** Address of a term for each pixel; 0 for none. */
  readonly terms: number
  readonly min: number
  readonly max: number
  readonly zero: number
}

/** Writes the records of one product, for one thread. */
export function emitIntegerProduct(
  { program, constants }: Target,
  thread: number,
  arithmetic: Arithmetic,
  product: IntegerProduct,
): void {
  const { pixels, depth, window, runs, ...rest } = product
  const lanes = depth * (window ? window.rows * window.columns : 1)
  for (const run of runs) {
    const height = integerTileHeight(arithmetic, run.vectors)
    const { full, lower, tail } = coverRows(pixels, height)
    const panelBytes = 16 * run.vectors * (lanes + 2)
    constants.readAhead(panelBytes)
    const record = (tile: Tile, first: number, full: number, lower: number): void => {
      const terms = product.terms && product.terms + 4 * first
      const values: Values<typeof integerProductFields> = {
        ...rest,
        input: product.input + first * product.pixelStep,
        output: product.output + first * product.outputStep + run.channel,
        weights: product.weights + 4 * run.offset,
        panels: run.panels,
        panelBytes,
        depth,
        full,
        lower,
        lowerInput: full * tile.height * product.pixelStep,
        lowerOutput: full * tile.height * product.outputStep,
        terms,
        lowerTerms: terms && terms + 4 * full * tile.height,
      }
      if (window) {
        const kernel: Kernel<typeof integerWindowFields> = integerConvKernel(arithmetic, tile, unrollOf(depth))
        program.record(thread, kernel, { ...values, ...window })
      } else program.record(thread, integerPointwiseKernel(arithmetic, tile), values)
    }
    const covered = full * height + lower * (height - 1)
    if (covered > 0) record({ height, vectors: run.vectors }, 0, full, lower)
    if (tail > 0) record({ height: tail, vectors: run.vectors }, covered, 1, 0)
  }
}

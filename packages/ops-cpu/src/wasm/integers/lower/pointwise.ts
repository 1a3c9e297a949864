import type { Conv2dOp, DenseOp } from '@depthwise/core/backend'
import type { Lowered, Target } from '../../lower/lowering.ts'
import { chunkPixels, eachChunk, fewPixels } from '../../lower/pointwise.ts'
import { panelVectors, sliceRuns } from '../../lower/product.ts'
import { type Layout, pixelBytes, roundUp } from '../../plan/layout.ts'
import { panelRuns } from '../../plan/pack.ts'
import { type Arithmetic, widened } from '../arithmetic.ts'
import { pixelTerms, widenKernel } from '../kernels/bytes.ts'
import { type IntegerWeightBlock, packedWords, packIntegerProduct, weightShift } from '../pack.ts'
import { storedAs } from '../stored.ts'
import { emitIntegerProduct, integerTileHeight } from './product.ts'
import { type IntegerSite, type ProductNumbers, productNumbers, productWords } from './site.ts'

/** The lowering that weights allow, and the zero point that all their bytes share there. */
export function arithmeticFor(
  arithmetic: Arithmetic,
  { data, zeroPoints }: ProductNumbers,
): { readonly arithmetic: Arithmetic; readonly weightZero: number } {
  if (arithmetic.kind === 'wide') return { arithmetic, weightZero: 0 }
  const zero = (zeroPoints[0] as number) - weightShift(data)
  // Zero points of single channels would each need terms of their own.
  if (zeroPoints.some(each => each !== zeroPoints[0])) return { arithmetic: widened(arithmetic), weightZero: 0 }
  return { arithmetic, weightZero: zero }
}

/** Places of a depth that is `runs` runs of `length` values: each run begins a lane, and rows of the matrix follow each other. */
export function rowsOfRuns(runs: number, length: number, group: number): Int32Array {
  const padded = roundUp(length, group)
  return Int32Array.from({ length: runs * padded }, (_, place) => {
    const [run, at] = [Math.floor(place / padded), place % padded]
    return at < length ? run * length + at : -1
  })
}

/** A pointwise convolution or dense layer, wherever its pixels lie. */
export interface PointwisePart {
  readonly height: number
  readonly panels: number
  /** Bytes of a pixel and of all weights as the product reads them. */
  readonly pixelBytes: number
  readonly weightBytes: number
  /** Bytes that a thread wants beside the values, for so many pixels at a time. */
  scratchBytes(pixels: number): number
  /** Packs the weights. What it returns writes the records of `pixels` neighbouring pixels for some of the panels. */
  emitter(target: Target): EmitPixels
}

export interface EmitOptions {
  readonly thread: number
  readonly input: number
  readonly output: number
  readonly pixels: number
  readonly scratch: number
  /** Default all. */
  readonly panels?: readonly [from: number, to: number]
}
type EmitPixels = (options: EmitOptions) => void

/** What a pointwise part is made of: the node of the product and the layouts around it. */
export type PointwiseSite = Pick<IntegerSite, 'node' | 'operands' | 'arithmetic' | 'params'>

export function pointwisePart(
  site: PointwiseSite,
  op: Conv2dOp | DenseOp,
  input: Layout,
  output: Layout,
  vectors: number,
): PointwisePart {
  const { node, params } = site
  const [stored, result] = [
    storedAs(site.operands[0] as IntegerSite['node'], site.arithmetic),
    storedAs(node, site.arithmetic),
  ]
  const numbers = productNumbers({ node, input: stored, output: result }, op, params)
  const { arithmetic, weightZero } = arithmeticFor(site.arithmetic, numbers)
  const { group, kind } = arithmetic
  const { channels: depth } = input
  const { channels } = output
  const groups = Math.ceil(depth / group)
  const runs = panelRuns(channels, groups + 1, vectors)
  const words = productWords(node, op, result)
  const elementBytes = 4 / group
  const wide = kind === 'wide'
  return {
    height: integerTileHeight(arithmetic, vectors),
    panels: runs.reduce((sum, run) => sum + run.panels, 0),
    pixelBytes: elementBytes * input.step,
    weightBytes: elementBytes * depth * channels,
    scratchBytes: pixels => roundUp(wide ? 2 * pixels * input.step : weightZero === 0 ? 0 : 4 * pixels, 64),
    emitter({ constants, program, ...target }) {
      const block: IntegerWeightBlock = {
        ...numbers,
        stride: channels,
        start: 0,
        channels,
        rows: rowsOfRuns(1, depth, group),
        pixelZero: stored.zero,
      }
      const weights = constants.reserve(
        ['integer product', op.weights, op.bias, kind, vectors],
        packedWords(channels, groups),
        memory => packIntegerProduct(memory, block, runs, arithmetic),
      )
      return ({ thread, input: from, output: to, pixels, scratch, panels }) => {
        if (wide) {
          const values = pixels * input.step
          const counts = { vectors: Math.floor(values / 8), rest: values % 8 }
          program.record(thread, widenKernel(arithmetic), { input: from, output: scratch, ...counts })
        } else if (weightZero !== 0) {
          program.record(thread, pixelTerms(arithmetic), {
            input: from,
            output: scratch,
            pixels,
            inputStep: pixelBytes(input),
            fours: groups - 1,
            lastOnes: 0x01010101 >>> (8 * (4 * groups - depth)),
            factor: -weightZero,
          })
        }
        emitIntegerProduct({ constants, program, ...target }, thread, arithmetic, {
          input: wide ? scratch : from,
          pixelStep: elementBytes * input.step,
          output: to,
          outputStep: pixelBytes(output),
          weights,
          pixels,
          depth: groups,
          runs: panels ? sliceRuns(runs, panels[0], panels[1], groups + 2) : runs,
          terms: !wide && weightZero !== 0 ? scratch : 0,
          ...words,
        })
      }
    },
  }
}

/** A pointwise convolution or dense layer on its own, shared out by pixels where there are many, else by output channels. */
export function lowerIntegerPointwise(site: IntegerSite, op: Conv2dOp | DenseOp): Lowered {
  const input = site.inputs[0] as Layout
  const { output } = site
  const { pixels } = input
  const part = pointwisePart(site, op, input, output, panelVectors(pixels))
  const { height, panels } = part
  const chunk = chunkPixels(part.pixelBytes, part.weightBytes, height)
  // A chunk may be half as long again as it should be.
  const most = Math.min(pixels, Math.max(fewPixels, Math.ceil(1.5 * chunk) + height))
  return {
    kernel: `${op.kind === 'dense' ? 'dense' : 'pointwise'} ${input.channels}->${output.channels}, integers`,
    scratchBytes: part.scratchBytes(most),
    emit(target, places) {
      const { program } = target
      const emit = part.emitter(target)
      const from = places.inputs[0] as number
      if (pixels < fewPixels && panels >= 2 * program.threads) {
        program.share(panels, 1, (thread, first, last) =>
          emit({
            thread,
            input: from,
            output: places.output,
            pixels,
            scratch: places.scratch(thread),
            panels: [first, last],
          }),
        )
        return
      }
      program.share(pixels, 1, (thread, first, last) =>
        eachChunk(first, last, chunk, height, (start, count) =>
          emit({
            thread,
            input: from + start * pixelBytes(input),
            output: places.output + start * pixelBytes(output),
            pixels: count,
            scratch: places.scratch(thread),
          }),
        ),
      )
    },
  }
}

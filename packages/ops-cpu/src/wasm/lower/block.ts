import { type Conv2dOp, type DepthwiseConv2dOp, dilatedExtent } from '@depthwise/core/backend'
import { type Layout, layoutOf, pixelBytes } from '../plan/layout.ts'
import type { Block } from '../plan/schedule.ts'
import { type DepthwiseRows, depthwiseRows, phasesOf } from './depthwise-rows.ts'
import type { Lowered, Site, Target } from './lowering.ts'
import { packWeights } from './pointwise.ts'
import { emitProduct, type Product } from './product.ts'

// Output pixels of a band, at least: enough for the product behind it to fill its tiles.
const bandPixels = 40

export interface BandPlan {
  /** Output rows of a band. */
  readonly height: number
  /** Expanded rows kept at a time, as a ring; 0 without an expansion. */
  readonly ringRows: number
  readonly ringBytes: number
  /** The depthwise layer's output for one band. */
  readonly bandBytes: number
}

/** Cuts the rows of a block into bands. */
export function planBands(op: DepthwiseConv2dOp, expanded: Layout, filtered: Layout, expands: boolean): BandPlan {
  const wanted = Math.max(2, Math.ceil(bandPixels / filtered.width))
  const height = Math.min(filtered.height, wanted + (wanted % 2))
  // Kernels of windows that are not unrolled step from row to row: rows must not begin again in between.
  const isUnrolled = phasesOf(op, expanded, filtered, 1) !== null
  const looked = isUnrolled
    ? (height - 1) * op.strides[0] + dilatedExtent(op.kernel[0], op.dilations[0])
    : expanded.height
  const ringRows = expands ? Math.min(expanded.height, looked) : 0
  return {
    height,
    ringRows,
    ringBytes: ringRows * expanded.width * pixelBytes(expanded),
    bandBytes: height * filtered.width * pixelBytes(filtered),
  }
}

/**
 * An inverted residual, or the depthwise separable half of one, in bands of output rows: expand the rows a band looks at,
 * filter them, project. The expanded tensor exists only as a ring of rows in the second-level cache, the filtered one only
 * as a band ("the expansion layer is an implementation detail", V2 paper, section 5.1). Each thread has rings of its own.
 */
export function lowerBlock(block: Block, site: Site): Lowered {
  const { expand, depthwise, project } = block
  const source = site.inputs[0] as Layout
  const expanded = expand ? layoutOf(expand) : source
  const filtered = layoutOf(depthwise)
  const plan = planBands(depthwise.op, expanded, filtered, expand !== null)
  const shape = [...(expand ? [source.channels] : []), expanded.channels, site.output.channels].join('->')
  return {
    kernel: `${expand ? 'expand+' : ''}dwconv+pointwise ${shape} s${depthwise.op.strides.join('x')}, bands of ${plan.height}`,
    scratchBytes: plan.ringBytes + plan.bandBytes,
    zeroBytes: expanded.width * pixelBytes(expanded),
    emit(target, places) {
      const rows = depthwiseRows(target, depthwise.op, expanded, filtered)
      const toExpanded = expand && pointwisePart(target, expand.op, source, expanded)
      const toOutput = pointwisePart(target, project.op, filtered, site.output)
      const input = places.inputs[0] as number
      const shortcut = project.op.residual ? (places.inputs[1] as number) : 0
      target.program.share(filtered.height, 1, (thread, from, to) => {
        const ring = places.scratch(thread)
        const band = ring + plan.ringBytes
        const rowOf = toExpanded
          ? (y: number): number => ring + (y % plan.ringRows) * rows.rowBytes
          : (y: number): number => input + y * rows.rowBytes
        let done = 0
        for (let first = from; first < to; first += plan.height) {
          const last = Math.min(to, first + plan.height)
          const [low, high] = rowsUnder(depthwise.op, expanded.height, first, last)
          if (toExpanded) {
            expandRows(Math.max(low, done), high, plan.ringRows, (y, count) =>
              toExpanded(thread, input + y * source.width * pixelBytes(source), rowOf(y), count * source.width, 0),
            )
          }
          done = Math.max(done, high)
          filterRows(rows, thread, first, last, rowOf, band, filtered)
          const offset = first * site.output.width * pixelBytes(site.output)
          toOutput(thread, band, places.output + offset, (last - first) * filtered.width, shortcut && shortcut + offset)
        }
      })
    },
  }
}

/** Input rows that output rows `first..last` look at, clipped to the image. */
export function rowsUnder(
  op: DepthwiseConv2dOp,
  height: number,
  first: number,
  last: number,
): readonly [low: number, high: number] {
  const low = first * op.strides[0] - op.padding.top
  const high = (last - 1) * op.strides[0] - op.padding.top + dilatedExtent(op.kernel[0], op.dilations[0])
  return [Math.max(0, low), Math.min(height, high)]
}

/** Calls `emit` for rows `low..high`, as many at once as lie side by side in the ring. */
export function expandRows(
  low: number,
  high: number,
  ringRows: number,
  emit: (y: number, count: number) => void,
): void {
  for (let y = low; y < high; ) {
    const count = Math.min(high - y, ringRows - (y % ringRows))
    emit(y, count)
    y += count
  }
}

/** Writes the records of output rows `first..last` of the depthwise layer, into the band. */
export function filterRows(
  rows: DepthwiseRows,
  thread: number,
  first: number,
  last: number,
  rowOf: (y: number) => number,
  band: number,
  filtered: Layout,
): void {
  const rowBytes = filtered.width * pixelBytes(filtered)
  for (let y = first; y < last; ) {
    const count = rows.paired && y + 2 <= last ? 2 : 1
    rows.emit(thread, y, count, rowOf, band + (y - first) * rowBytes)
    y += count
  }
}

type EmitPixels = (thread: number, input: number, output: number, pixels: number, residual: number) => void

function pointwisePart(target: Target, op: Conv2dOp, input: Layout, output: Layout): EmitPixels {
  const { address, runs } = packWeights(target.constants, target.params, op, input.channels, output.channels, 2)
  const shared = {
    pixelStep: pixelBytes(input),
    outputStep: pixelBytes(output),
    weights: address,
    depth: input.channels,
    runs,
    activation: op.activation,
  } satisfies Partial<Product>
  return (thread, from, to, pixels, residual) =>
    emitProduct(target, thread, { ...shared, input: from, output: to, pixels, residual })
}

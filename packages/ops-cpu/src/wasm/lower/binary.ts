import type { Shape } from '@depthwise/core'
import { type BinaryOp, sameShape } from '@depthwise/core/backend'
import { binaryKernel } from '../kernels/elementwise.ts'
import { type Layout, pixelBytes } from '../plan/layout.ts'
import type { Lowered, Places } from './lowering.ts'
import type { Program } from './program.ts'
import { indices, type ShapedSite } from './shaped.ts'

/** Position of an index among the pixels of an item; axes of extent 1 stay where they are. */
function pixelAt(index: readonly number[], extents: Shape): number {
  return extents.reduce((at, extent, axis) => at * extent + (extent === 1 ? 0 : (index[axis] as number)), 0)
}

/** A row of neighbouring pixels of the result, and the pixels of the operands that meet them, which a step of 0 repeats. */
export interface StretchedRow {
  readonly a: number
  readonly b: number
  readonly output: number
  readonly columns: number
  readonly aStep: number
  readonly bStep: number
}

/** Shares out the rows of a result whose operands may be stretched. */
export function stretchedRows(
  { inputs: layouts, inputItems, output, outputItem }: ShapedSite,
  program: Program,
  { inputs, output: to }: Places,
  emit: (thread: number, row: StretchedRow) => void,
): void {
  const [a, b] = layouts as readonly [Layout, Layout]
  const [itemA, itemB] = inputItems as readonly [Shape, Shape]
  const [startA, startB] = inputs as readonly [number, number]
  const [outer, columns] = [outputItem.slice(0, -2), outputItem.at(-2) ?? 1]
  const rows = [...indices(outer)]
  const rowStart = (item: Shape, index: readonly number[]): number =>
    pixelAt(index, item.slice(0, -2)) * (item.at(-2) ?? 1)
  const stepOf = (item: Shape, layout: Layout): number => ((item.at(-2) ?? 1) === 1 ? 0 : pixelBytes(layout))
  program.share(rows.length, 1, (thread, from, last) => {
    for (let row = from; row < last; row++) {
      const index = rows[row] as readonly number[]
      emit(thread, {
        a: startA + rowStart(itemA, index) * pixelBytes(a),
        b: startB + rowStart(itemB, index) * pixelBytes(b),
        output: to + row * columns * pixelBytes(output),
        columns,
        aStep: stepOf(itemA, a),
        bStep: stepOf(itemB, b),
      })
    }
  })
}

/** Sum, product and the like: all at once where the shapes agree, else a row of pixels at a time. */
export function lowerBinary(site: ShapedSite, op: BinaryOp): Lowered {
  const [a, b] = site.inputs as readonly [Layout, Layout]
  const { output } = site
  const stretched = (operand: Layout): 'splat' | 'vector' => (operand.channels < output.channels ? 'splat' : 'vector')
  const kernel = binaryKernel(op.operator, stretched(a), stretched(b))
  return {
    kernel: kernel.name,
    scratchBytes: 0,
    emit({ program }, places) {
      if (!sameItems(site)) {
        const vectors = output.step / 4
        stretchedRows(site, program, places, (thread, row) => program.record(thread, kernel, { ...row, vectors }))
        return
      }
      const [startA, startB] = places.inputs as readonly [number, number]
      program.share(output.bytes / 16, 64, (thread, from, last) => {
        const [offset, vectors] = [16 * from, last - from]
        program.record(thread, kernel, {
          a: startA + offset,
          b: startB + offset,
          output: places.output + offset,
          columns: 1,
          aStep: 0,
          bStep: 0,
          vectors,
        })
      })
    },
  }
}

/** Whether neither of two operands has to be stretched. */
export function sameItems({ inputItems }: ShapedSite): boolean {
  const [a, b] = inputItems as readonly [Shape, Shape]
  return sameShape(a, b)
}

import type { Shape } from '@depthwise/core'
import { type BinaryOp, sameShape } from '@depthwise/core/backend'
import { binaryKernel } from '../kernels/elementwise.ts'
import { type Layout, pixelBytes } from '../plan/layout.ts'
import type { Lowered } from './lowering.ts'
import { indices, type ShapedSite } from './shaped.ts'

/** Position of an index among the pixels of an item; axes of extent 1 stay where they are. */
function pixelAt(index: readonly number[], extents: Shape): number {
  return extents.reduce((at, extent, axis) => at * extent + (extent === 1 ? 0 : (index[axis] as number)), 0)
}

/** Sum, product and the like: all at once where the shapes agree, else a row of pixels at a time. */
export function lowerBinary(site: ShapedSite, op: BinaryOp): Lowered {
  const [a, b] = site.inputs as readonly [Layout, Layout]
  const { output } = site
  const [itemA, itemB] = site.inputItems as readonly [Shape, Shape]
  const same = sameShape(itemA, itemB)
  const stretched = (operand: Layout): 'splat' | 'vector' => (operand.channels < output.channels ? 'splat' : 'vector')
  const kernel = binaryKernel(op.operator, stretched(a), stretched(b))
  return {
    kernel: kernel.name,
    scratchBytes: 0,
    emit({ program }, { inputs, output: to }) {
      const [startA, startB] = inputs as readonly [number, number]
      if (same) {
        program.share(output.bytes / 16, 64, (thread, from, last) => {
          const [offset, vectors] = [16 * from, last - from]
          program.record(thread, kernel, {
            a: startA + offset,
            b: startB + offset,
            output: to + offset,
            columns: 1,
            aStep: 0,
            bStep: 0,
            vectors,
          })
        })
        return
      }
      const [outer, columns] = [site.outputItem.slice(0, -2), site.outputItem.at(-2) ?? 1]
      const rows = [...indices(outer)]
      const rowStart = (item: Shape, index: readonly number[]): number =>
        pixelAt(index, item.slice(0, -2)) * (item.at(-2) ?? 1)
      const stepOf = (item: Shape, layout: Layout): number => ((item.at(-2) ?? 1) === 1 ? 0 : pixelBytes(layout))
      program.share(rows.length, 1, (thread, from, last) => {
        for (let row = from; row < last; row++) {
          const index = rows[row] as readonly number[]
          program.record(thread, kernel, {
            a: startA + rowStart(itemA, index) * pixelBytes(a),
            b: startB + rowStart(itemB, index) * pixelBytes(b),
            output: to + row * columns * pixelBytes(output),
            columns,
            aStep: stepOf(itemA, a),
            bStep: stepOf(itemB, b),
            vectors: output.step / 4,
          })
        }
      })
    },
  }
}

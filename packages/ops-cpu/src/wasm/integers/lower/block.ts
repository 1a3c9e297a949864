import type { Node } from '@depthwise/core'
import { expandRows, filterRows, planBands, rowsUnder } from '../../lower/block.ts'
import type { Lowered } from '../../lower/lowering.ts'
import { type Layout, layoutOf, pixelBytes, roundUp } from '../../plan/layout.ts'
import type { Block } from '../../plan/schedule.ts'
import { integerDepthwiseRows } from './depthwise-rows.ts'
import { pointwisePart } from './pointwise.ts'
import type { IntegerSite } from './site.ts'

/**
 * A depthwise convolution with the pointwise ones around it, in bands of output rows, as `lowerBlock` computes them in reals:
 * what lies between the layers exists as a ring of rows and a band, each rounded to the bytes that the layer stores.
 */
export function lowerIntegerBlock({ expand, depthwise, project }: Block, site: IntegerSite): Lowered {
  const source = site.inputs[0] as Layout
  const operand = site.operands[0] as Node
  const expanded = expand ? layoutOf(expand) : source
  const filtered = layoutOf(depthwise)
  const plan = planBands(depthwise.op, expanded, filtered, expand !== null)
  const { arithmetic, params } = site
  const expansion =
    expand && pointwisePart({ node: expand, operands: [operand], arithmetic, params }, expand.op, source, expanded, 2)
  const projection = pointwisePart(
    { node: project, operands: [depthwise], arithmetic, params },
    project.op,
    filtered,
    site.output,
    2,
  )
  const [ringBytes, bandBytes] = [roundUp(plan.ringBytes, 64), roundUp(plan.bandBytes, 64)]
  const shape = [...(expand ? [source.channels] : []), expanded.channels, site.output.channels].join('->')
  return {
    kernel: `${expand ? 'expand+' : ''}dwconv+pointwise ${shape} s${depthwise.op.strides.join('x')}, bands of ${plan.height}, integers`,
    scratchBytes:
      ringBytes +
      bandBytes +
      Math.max(
        expansion?.scratchBytes(plan.ringRows * source.width) ?? 0,
        projection.scratchBytes(plan.height * filtered.width),
      ),
    emit(target, places) {
      const rows = integerDepthwiseRows(
        target,
        { node: depthwise, operands: [expand ?? operand], arithmetic, params },
        depthwise.op,
        expanded,
        filtered,
      )
      const toExpanded = expansion?.emitter(target)
      const toOutput = projection.emitter(target)
      const from = places.inputs[0] as number
      target.program.share(filtered.height, 1, (thread, begin, end) => {
        const ring = places.scratch(thread)
        const band = ring + ringBytes
        const scratch = band + bandBytes
        const rowOf = toExpanded
          ? (y: number): number => ring + (y % plan.ringRows) * rows.rowBytes
          : (y: number): number => from + y * rows.rowBytes
        let done = 0
        for (let first = begin; first < end; first += plan.height) {
          const last = Math.min(end, first + plan.height)
          const [low, high] = rowsUnder(depthwise.op, expanded.height, first, last)
          if (toExpanded) {
            expandRows(Math.max(low, done), high, plan.ringRows, (y, count) =>
              toExpanded({
                thread,
                input: from + y * source.width * pixelBytes(source),
                output: rowOf(y),
                pixels: count * source.width,
                scratch,
              }),
            )
          }
          done = Math.max(done, high)
          filterRows(rows, thread, first, last, rowOf, band, filtered)
          toOutput({
            thread,
            input: band,
            output: places.output + first * site.output.width * pixelBytes(site.output),
            pixels: (last - first) * filtered.width,
            scratch,
          })
        }
      })
    },
  }
}

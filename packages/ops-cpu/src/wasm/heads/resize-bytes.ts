import type { OpOf } from '@depthwise/core/backend'
import { resizeShift, resizeUnit, resizeWeight } from '@depthwise/core/integers'
import type { Local } from '../assembler/index.ts'
import { type Arithmetic, loadEight } from '../integers/arithmetic.ts'
import { narrow } from '../integers/kernels/requantize.ts'
import type { IntegerSite } from '../integers/lower/site.ts'
import { advance, countDown, locals } from '../kernels/idioms.ts'
import { type Kernel, kernel } from '../kernels/kernel.ts'
import type { Lowered } from '../lower/lowering.ts'
import { pixelBytes } from '../plan/layout.ts'
import { bilinear, lowerNearest } from './resize.ts'
import { type ColumnKernel, columnsKernel } from './resize-kernels.ts'

// Weights sum to one, so bytes of either sign may be weighed as they lie in memory: what flips the sign of all flips that of the sum.

/** The low and the high half of two vectors of 16 bits, by turns. */
const interleaved = [0, 8].map(half =>
  Array.from({ length: 16 }, (_, i) => half + (i >> 2) * 2 + (i & 1) + ((i & 2) === 0 ? 0 : 16)),
)

/** Eight bytes of two pixels to eight sums of 32 bits; behind the offsets stand both weights, as halves of a word. */
const byteColumns = (arithmetic: Arithmetic): ColumnKernel => ({
  name: 'resize_columns_bytes',
  inputBytes: 8,
  outputBytes: 32,
  start(f) {
    const [weights, first, second] = locals(f, 3, 'v128') as [Local, Local, Local]
    return {
      weigh: taps => f.get(taps).load('v128.load32_splat', 8).set(weights),
      compute(left, right, output) {
        f.get(left).load(loadEight(arithmetic)).set(first)
        f.get(right).load(loadEight(arithmetic)).set(second)
        interleaved.forEach((lanes, half) => {
          f.get(output).get(first).get(second).shuffle(lanes).get(weights)
          f.op('i32x4.dot_i16x8_s').store('v128.store', 16 * half)
        })
      },
    }
  },
})

const rowFields = { upper: 'i32', lower: 'i32', output: 'i32', eights: 'i32', weight: 'i32' } as const

/** `resize_rows_bytes`: `((upper << 11) + (lower - upper) * weight + 2^21) >> 22` of two rows of such sums. */
function byteRows(arithmetic: Arithmetic): Kernel<typeof rowFields> {
  return kernel({
    name: 'resize_rows_bytes',
    fields: rowFields,
    emit(f, args) {
      const [upper, lower, output, eights] = (['upper', 'lower', 'output', 'eights'] as const).map(field =>
        args.local(f, field),
      ) as [Local, Local, Local, Local]
      const [weight, half, above] = locals(f, 3, 'v128') as [Local, Local, Local]
      const sums = locals(f, 2, 'v128')
      args.splat(f, 'weight')
      f.set(weight)
      f.i32(2 ** (resizeShift - 1))
        .op('i32x4.splat')
        .set(half)
      countDown(f, eights, () => {
        sums.forEach((sum, i) => {
          f.get(lower)
            .load('v128.load', 16 * i)
            .get(upper)
            .load('v128.load', 16 * i)
            .tee(above)
          f.op('i32x4.sub').get(weight).op('i32x4.mul')
          f.get(above)
            .i32(resizeShift / 2)
            .op('i32x4.shl')
            .op('i32x4.add')
          f.get(half).op('i32x4.add').i32(resizeShift).op('i32x4.shr_s').set(sum)
        })
        f.get(output)
        narrow(f, arithmetic, sums)
        f.laneAccess('v128.store64_lane', 0)
        advance(f, upper, 32)
        advance(f, lower, 32)
        advance(f, output, 8)
      })
    },
  })
}

/** Bytes of one type, weighed by 11 bits an axis. */
export function lowerIntegerResize(site: IntegerSite, op: OpOf<'resize'>): Lowered {
  if (op.filter === 'nearest') return lowerNearest(site, op)
  const { output, arithmetic } = site
  const eights = output.step / 8
  const columnKernel = columnsKernel(byteColumns(arithmetic), eights === 1)
  const rowKernel = byteRows(arithmetic)
  const outputRow = op.size[1] * pixelBytes(output)
  return bilinear(site, op, {
    what: 'resize bilinear, integers',
    rowBytes: 4 * outputRow,
    weights(tap, words) {
      const weight = resizeWeight(tap.fraction)
      words[0] = (weight << 16) | (resizeUnit - weight)
    },
    columns: ({ program }, thread, row) => program.record(thread, columnKernel, { ...row, vectors: eights }),
    rows({ program }, thread, { fraction }, row) {
      program.record(thread, rowKernel, { ...row, eights: outputRow / 8, weight: resizeWeight(fraction) })
    },
  })
}

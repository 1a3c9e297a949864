import type { Shape } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { bilinearTaps, nearestIndices, type Tap, tapWeights } from '@depthwise/core/heads'
import { copyBlocks } from '../kernels/memory.ts'
import type { Lowered, Target } from '../lower/lowering.ts'
import type { ShapedSite } from '../lower/shaped.ts'
import { type Layout, pixelBytes } from '../plan/layout.ts'
import { columnsKernel, floatColumns, gatherKernel, rowsKernel, tapBytes } from './resize-kernels.ts'

export function lowerResize(site: ShapedSite, op: OpOf<'resize'>): Lowered {
  return op.filter === 'nearest' ? lowerNearest(site, op) : lowerBilinear(site, op)
}

/** Copies pixels; rows that are the row before are copied whole. */
export function lowerNearest({ inputs, inputItems, output, outputItem }: ShapedSite, op: OpOf<'resize'>): Lowered {
  const input = inputs[0] as Layout
  const [height, width] = inputItems[0] as Shape as readonly [number, number]
  const [, columns] = outputItem as readonly [number, number]
  const [pixel, rowBytes] = [pixelBytes(output), columns * pixelBytes(output)]
  const unit = pixel % 16 === 0 ? 16 : 8
  const kernel = gatherKernel(unit)
  const rows = nearestIndices(op, 0, height)
  return {
    kernel: 'resize nearest',
    scratchBytes: 0,
    emit({ program, constants }, places) {
      const offsets = constants.reserve(['nearest', op, width, pixelBytes(input)], columns, memory =>
        wordsOf(memory).set(nearestIndices(op, 1, width).map(column => column * pixelBytes(input))),
      )
      program.share(rows.length, 1, (thread, first, last) => {
        for (let y = first; y < last; y++) {
          const to = places.output + y * rowBytes
          if (y > first && rows[y] === rows[y - 1]) {
            program.record(thread, copyBlocks, { ...oneBlock, input: to - rowBytes, output: to, bytes: rowBytes })
            continue
          }
          program.record(thread, kernel, {
            input: (places.inputs[0] as number) + (rows[y] as number) * width * pixelBytes(input),
            output: to,
            columns,
            offsets,
            units: pixel / unit,
          })
        }
      })
    },
  }
}

const oneBlock = { outer: 1, inputOuter: 0, outputOuter: 0, inner: 1, inputInner: 0, outputInner: 0 } as const

/** What a bilinear resize is made of beside its rows: of floats, or of bytes. */
export interface BilinearParts {
  readonly what: string
  /** Bytes of a row of the result before rows are weighed. */
  readonly rowBytes: number
  /** The words that stand behind both offsets of a column. */
  weights(tap: Tap, words: Int32Array, reals: Float32Array): void
  /** Records that a row of the operand becomes one of as many columns as the result has. */
  columns(target: Target, thread: number, row: { input: number; output: number; columns: number; taps: number }): void
  /** Records that a row of the result is computed of two of these. */
  rows(target: Target, thread: number, tap: Tap, row: { upper: number; lower: number; output: number }): void
}

/**
 * Rows of the operand are stretched first, each once, into scratch memory that holds two, and then weighed. Neighbouring rows of the
 * operand lie in different halves.
 */
export function bilinear(site: ShapedSite, op: OpOf<'resize'>, parts: BilinearParts): Lowered {
  const { inputs, inputItems, output, outputItem } = site
  const input = inputs[0] as Layout
  const [height, width] = inputItems[0] as Shape as readonly [number, number]
  const [, columns] = outputItem as readonly [number, number]
  const step = pixelBytes(input)
  const rows = bilinearTaps(op, 0, height)
  return {
    kernel: parts.what,
    scratchBytes: 2 * parts.rowBytes,
    emit(target, places) {
      const { program, constants } = target
      const taps = constants.reserve([parts.what, op, width, step], (tapBytes / 4) * columns, memory => {
        const words = wordsOf(memory)
        bilinearTaps(op, 1, width).forEach((tap, column) => {
          const at = (tapBytes / 4) * column
          words.set([tap.lower * step, tap.upper * step], at)
          parts.weights(tap, words.subarray(at + 2), memory.subarray(at + 2))
        })
      })
      program.share(rows.length, 1, (thread, first, last) => {
        const held: number[] = []
        const stretched = (row: number): number => {
          const half = row % 2
          const at = places.scratch(thread) + half * parts.rowBytes
          if (held[half] !== row) {
            const from = (places.inputs[0] as number) + row * width * step
            parts.columns(target, thread, { input: from, output: at, columns, taps })
            held[half] = row
          }
          return at
        }
        for (let y = first; y < last; y++) {
          const tap = rows[y] as Tap
          const [upper, lower] = [stretched(tap.lower), stretched(tap.upper)]
          parts.rows(target, thread, tap, { upper, lower, output: places.output + y * columns * pixelBytes(output) })
        }
      })
    },
  }
}

/** The integers of a piece of constant memory. */
const wordsOf = ({ buffer, byteOffset, length }: Float32Array): Int32Array => new Int32Array(buffer, byteOffset, length)

function lowerBilinear(site: ShapedSite, op: OpOf<'resize'>): Lowered {
  const { output } = site
  const vectors = output.step / 4
  const kernel = columnsKernel(floatColumns, vectors === 1)
  const rowBytes = op.size[1] * pixelBytes(output)
  return bilinear(site, op, {
    what: 'resize bilinear',
    rowBytes,
    weights: (tap, _words, reals) => reals.set(tapWeights(tap)),
    columns: ({ program }, thread, row) => program.record(thread, kernel, { ...row, vectors }),
    rows({ program }, thread, tap, row) {
      const [w0, w1] = tapWeights(tap)
      program.record(thread, rowsKernel, { ...row, vectors: rowBytes / 16, w0, w1 })
    },
  })
}

import { type Conv2dOp, dilatedExtent } from '@depthwise/core/backend'
import { copyBlocks } from '../../kernels/memory.ts'
import type { Lowered, Places, Target } from '../../lower/lowering.ts'
import { rowReader } from '../../lower/pixels.ts'
import type { Window } from '../../lower/product.ts'
import { type Layout, pixelBytes, roundUp } from '../../plan/layout.ts'
import { panelRuns } from '../../plan/pack.ts'
import { type Arithmetic, widened } from '../arithmetic.ts'
import { fillWords, widenKernel } from '../kernels/bytes.ts'
import { packedWords, packIntegerProduct } from '../pack.ts'
import { arithmeticFor, rowsOfRuns } from './pointwise.ts'
import { emitIntegerProduct } from './product.ts'
import { type IntegerSite, inputOf, outputOf, productNumbers, productWords } from './site.ts'

// Padded input rows that a band of output rows may take: within the first-level cache, so that they are still there when read.
const bandBytes = 24 * 1024
// Lanes are read whole and the padding is written by vectors: both go beyond the last pixel of a band.
const slack = 64

/**
 * Any convolution, in bands of output rows: the band's input rows are copied into a buffer padded with the zero point, then the
 * window is read in place. The stem goes this way, straight from the bytes of an image.
 */
export function lowerIntegerConv(site: IntegerSite, op: Conv2dOp): Lowered {
  const { node, output } = site
  const image = site.inputs[0] as Layout
  const [input, result] = [inputOf(site), outputOf(site)]
  const numbers = productNumbers({ node, input, output: result }, op, site.params)
  const chosen = arithmeticFor(site.arithmetic, numbers)
  const arithmetic = chosen.weightZero === 0 ? chosen.arithmetic : widened(site.arithmetic)
  const { group, kind } = arithmetic
  const elementBytes = 4 / group
  const rowBytes = elementBytes * image.step * (image.width + op.padding.left + op.padding.right)
  const inputRows = (rows: number): number => (rows - 1) * op.strides[0] + dilatedExtent(op.kernel[0], op.dilations[0])
  let height = 1
  while (height < output.height && inputRows(height + 1) * rowBytes <= bandBytes) height += 1
  const paddedBytes = roundUp(inputRows(height) * rowBytes + slack, 64)
  const filters = op.filters / op.groups
  // Whole vectors are stored: groups that do not fill theirs would run over into their neighbours, so they go aside first.
  const aside = op.groups > 1 && filters % 4 !== 0 ? roundUp(filters, 4) : 0
  const { depth, lanes, ...window } = windowOf(op, image, rowBytes, group)
  const runs = panelRuns(filters, lanes + 1, 2)
  const words = productWords(node, op, result)
  const fillWord = group === 2 ? (input.zero & 0xffff) * 0x10001 : (input.zero & 0xff) * 0x1010101
  return {
    kernel: `conv ${op.kernel.join('x')} s${op.strides.join('x')} ${image.channels}->${output.channels}, integers`,
    scratchBytes: paddedBytes + aside * output.width,
    emit(target, places) {
      const { program, constants } = target
      const readRows = kind === 'wide' ? wideRows(target, image, arithmetic) : rowReader(target, image, null)
      const rows = rowsOfRuns(window.rows * window.columns, depth, group)
      const weights = Array.from({ length: op.groups }, (_, index) => {
        const block = { ...numbers, stride: op.filters, start: index * filters, channels: filters, rows }
        return constants.reserve(
          ['integer conv', op.weights, op.bias, kind, op.groups, index],
          packedWords(filters, lanes),
          memory => packIntegerProduct(memory, { ...block, pixelZero: input.zero }, runs, arithmetic),
        )
      })
      const emitRow = (thread: number, from: number, y: number, { output: to }: Places, beside: number): void => {
        weights.forEach((address, index) => {
          const at = to + y * output.width * pixelBytes(output) + index * filters
          emitIntegerProduct(target, thread, arithmetic, {
            input: from + elementBytes * index * (image.channels / op.groups),
            pixelStep: elementBytes * image.step * op.strides[1],
            output: beside || at,
            outputStep: beside ? aside : pixelBytes(output),
            weights: address,
            pixels: output.width,
            depth: Math.ceil(depth / group),
            runs,
            window,
            terms: 0,
            ...words,
          })
          if (!beside) return
          program.record(thread, copyBlocks, {
            input: beside,
            output: at,
            bytes: filters,
            outer: 1,
            inputOuter: 0,
            outputOuter: 0,
            inner: output.width,
            inputInner: aside,
            outputInner: pixelBytes(output),
          })
        })
      }
      program.share(output.height, 1, (thread, from, to) => {
        const padded = places.scratch(thread)
        for (let first = from; first < to; first += height) {
          const bandRows = Math.min(height, to - first)
          const top = first * op.strides[0] - op.padding.top
          const [low, high] = [Math.max(0, top), Math.min(image.height, top + inputRows(bandRows))]
          program.record(thread, fillWords, {
            output: padded,
            vectors: Math.ceil((inputRows(bandRows) * rowBytes) / 16),
            word: fillWord | 0,
          })
          const start = padded + (low - top) * rowBytes + elementBytes * image.step * op.padding.left
          if (high > low) readRows(thread, places.inputs[0] as number, low, high - low, start, rowBytes)
          for (let row = 0; row < bandRows; row++) {
            emitRow(thread, padded + row * op.strides[0] * rowBytes, first + row, places, aside && padded + paddedBytes)
          }
        }
      })
    },
  }
}

/** Rows widened on the way. */
function wideRows({ program }: Target, image: Layout, arithmetic: Arithmetic): ReturnType<typeof rowReader> {
  const rowBytes = image.width * pixelBytes(image)
  return (thread, start, y, rows, to, step) => {
    for (let row = 0; row < rows; row++) {
      program.record(thread, widenKernel(arithmetic), {
        input: start + (y + row) * rowBytes,
        output: to + row * step,
        vectors: Math.floor(rowBytes / 8),
        rest: rowBytes % 8,
      })
    }
  }
}

/** The window as runs of neighbouring values, each read by whole lanes, whose last may hold values of the next pixel. */
function windowOf(
  op: Conv2dOp,
  image: Layout,
  rowBytes: number,
  group: number,
): Window & { readonly depth: number; readonly lanes: number } {
  const [rows, width] = op.kernel
  const channels = image.channels / op.groups
  const joined = op.groups === 1 && op.dilations[1] === 1 && image.step === image.channels
  const [columns, depth] = joined ? [1, width * channels] : [width, channels]
  const lanes = Math.ceil(depth / group)
  const columnJump = joined ? 0 : (4 / group) * image.step * op.dilations[1] - 4 * lanes
  return {
    rows,
    columns,
    depth,
    lanes: rows * columns * lanes,
    columnJump,
    rowJump: op.dilations[0] * rowBytes - columns * (columnJump + 4 * lanes),
  }
}

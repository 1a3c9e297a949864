import { type AffineOp, type Conv2dOp, dilatedExtent, factored } from '@depthwise/core/backend'
import { clear, copyBlocks } from '../kernels/memory.ts'
import { type Layout, pixelBytes, roundUp } from '../plan/layout.ts'
import { type PanelRun, packedProductFloats, packProduct, panelRuns } from '../plan/pack.ts'
import { type Lowered, type Places, parameter, type Site, type Target } from './lowering.ts'
import { normalizedStep } from './normalize.ts'
import { rowReader } from './pixels.ts'
import { emitProduct, type Product, type Window } from './product.ts'

// Padded input rows that a band of output rows may take: within the first-level cache, so that they are still there when read.
const bandBytes = 24 * 1024

interface Bands {
  /** Output rows of a band. */
  readonly height: number
  /** Floats from pixel to pixel of the padded rows, and bytes of one such row. */
  readonly step: number
  readonly rowBytes: number
  /** Padded input rows under `outputRows` output rows. */
  inputRows(outputRows: number): number
}

function planBands(op: Conv2dOp, image: Layout, step: number, outputHeight: number): Bands {
  const rowBytes = 4 * step * (image.width + op.padding.left + op.padding.right)
  const inputRows = (rows: number): number => (rows - 1) * op.strides[0] + dilatedExtent(op.kernel[0], op.dilations[0])
  let height = 1
  while (height < outputHeight && inputRows(height + 1) * rowBytes <= bandBytes) height += 1
  return { height, step, rowBytes, inputRows }
}

/**
 * Any convolution, in bands of output rows: the band's input rows are copied into a padded buffer, normalised on the way
 * where the network takes pixels; then the window is read in place, without an im2col. The stem goes this way.
 */
export function lowerConv({ inputs, output }: Site, op: Conv2dOp, normalize: AffineOp | null = null): Lowered {
  const image = inputs[0] as Layout
  const step = normalize ? normalizedStep(image) : image.step
  const bands = planBands(op, image, step, output.height)
  const scratchBytes = roundUp(bands.inputRows(bands.height) * bands.rowBytes, 64)
  const filters = op.filters / op.groups
  // Whole vectors are stored: groups that do not fill theirs would run over into their neighbours, so they go aside first.
  const aside = op.groups > 1 && filters % 4 !== 0 ? 4 * roundUp(filters, 4) : 0
  return {
    kernel: `conv ${op.kernel.join('x')} s${op.strides.join('x')} ${image.channels}->${output.channels}`,
    scratchBytes: scratchBytes + aside * output.width,
    emit(target, places) {
      const readRows = rowReader(target, image, normalize)
      const product = rowProduct(target, op, image, output, bands)
      target.program.share(output.height, 1, (thread, from, to) => {
        const padded = places.scratch(thread)
        for (let first = from; first < to; first += bands.height) {
          const rows = Math.min(bands.height, to - first)
          const top = first * op.strides[0] - op.padding.top
          const [low, high] = [Math.max(0, top), Math.min(image.height, top + bands.inputRows(rows))]
          target.program.record(thread, clear, { output: padded, bytes: bands.inputRows(rows) * bands.rowBytes })
          const start = padded + (low - top) * bands.rowBytes + 4 * step * op.padding.left
          if (high > low) readRows(thread, places.inputs[0] as number, low, high - low, start, bands.rowBytes)
          for (let row = 0; row < rows; row++) {
            const input = padded + row * op.strides[0] * bands.rowBytes
            product(thread, input, first + row, places, aside && padded + scratchBytes)
          }
        }
      })
    },
  }
}

/** The window as runs of neighbouring floats: whole rows of it where nothing lies between its columns, else single pixels. */
function windowOf(op: Conv2dOp, channels: number, bands: Bands): Window & { readonly depth: number } {
  const [height, width] = op.kernel
  const depth = channels / op.groups
  const joined = op.groups === 1 && op.dilations[1] === 1 && bands.step === channels
  const [columns, run] = joined ? [1, width * depth] : [width, depth]
  const columnJump = joined ? 0 : 4 * (bands.step * op.dilations[1] - run)
  const windowBytes = columns * (columnJump + 4 * run)
  return { rows: height, columns, depth: run, columnJump, rowJump: op.dilations[0] * bands.rowBytes - windowBytes }
}

type EmitRow = (thread: number, input: number, y: number, places: Places, aside: number) => void

/** Writes one output row: a product for each group of channels. */
function rowProduct(target: Target, op: Conv2dOp, image: Layout, output: Layout, bands: Bands): EmitRow {
  const filters = op.filters / op.groups
  const { depth, ...window } = windowOf(op, image.channels, bands)
  const packed = packGroups(target, op, filters, depth * window.rows * window.columns)
  const shared: Omit<Product, 'input' | 'output' | 'outputStep' | 'residual' | 'weights'> = {
    pixelStep: 4 * bands.step * op.strides[1],
    pixels: output.width,
    depth,
    runs: packed.runs,
    window,
    activation: op.activation,
  }
  return (thread, input, y, places, aside) => {
    const offset = y * output.width * pixelBytes(output)
    packed.addresses.forEach((weights, group) => {
      const at = places.output + offset + 4 * group * filters
      emitProduct(target, thread, {
        ...shared,
        input: input + 4 * group * depth,
        output: aside || at,
        outputStep: aside ? 4 * roundUp(filters, 4) : pixelBytes(output),
        residual: op.residual ? (places.inputs[1] as number) + offset : 0,
        weights,
      })
      if (aside) {
        target.program.record(thread, copyBlocks, {
          input: aside,
          output: at,
          bytes: 4 * filters,
          outer: 1,
          inputOuter: 0,
          outputOuter: 0,
          inner: output.width,
          inputInner: 4 * roundUp(filters, 4),
          outputInner: pixelBytes(output),
        })
      }
    })
  }
}

function packGroups(
  { constants, params }: Target,
  op: Conv2dOp,
  filters: number,
  depth: number,
): { readonly addresses: readonly number[]; readonly runs: readonly PanelRun[] } {
  const runs = panelRuns(filters, depth, 2)
  const weights = factored(parameter(params, op.weights), op.filters)
  const bias = parameter(params, op.bias)
  const addresses = Array.from({ length: op.groups }, (_, group) => {
    const block = { ...weights, start: group * filters, stride: op.filters, depth, channels: filters }
    return constants.reserve(
      ['conv', op.weights, op.bias, op.groups, group],
      packedProductFloats(filters, depth),
      memory => packProduct(memory, block, bias, group * filters, runs),
    )
  })
  return { addresses, runs }
}

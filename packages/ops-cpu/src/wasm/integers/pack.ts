import type { PanelRun } from '../plan/pack.ts'
import type { Arithmetic } from './arithmetic.ts'

/** The columns of a weight matrix that one product multiplies by, and what its sums become. */
export interface IntegerWeightBlock {
  /** Row-major, `stride` weights from row to row; its first column is `start`. */
  readonly data: Int8Array | Uint8Array
  readonly stride: number
  readonly start: number
  readonly channels: number
  /** Of every column of the matrix. */
  readonly zeroPoints: Int32Array
  readonly multipliers: Float32Array
  readonly bias: ArrayLike<number> | null
  /** Row of each place of the depth as pixels lie in memory; -1 for a place that belongs to none. */
  readonly rows: Int32Array
  /** Zero point of the pixels in memory, which padding holds too. */
  readonly pixelZero: number
}

/** 32-bit words that packed weights take: bias, `groups` lanes of weights and multiplier of every output channel. */
export const packedWords = (channels: number, groups: number): number => 4 * Math.ceil(channels / 4) * (groups + 2)

/** What is subtracted from weights so that they are signed bytes. */
export const weightShift = (data: Int8Array | Uint8Array): number => (data instanceof Int8Array ? 0 : 128)

/**
 * Packs a weight matrix for the product kernels: panel by panel the bias of its channels, for each group of the depth a lane of
 * weights a channel, then the multipliers. Zero points of the pixels go into the bias; those of the weights are subtracted
 * where weights have 16 bits, and are for `pixelTerms` where they have eight.
 */
export function packIntegerProduct(
  memory: Float32Array,
  block: IntegerWeightBlock,
  runs: readonly PanelRun[],
  { group }: Arithmetic,
): void {
  const { data, stride, start, channels, rows } = block
  const words = new Int32Array(memory.buffer, memory.byteOffset, memory.length)
  const groups = rows.length / group
  const shift = weightShift(data)
  const widest = 4 * Math.max(0, ...runs.map(({ vectors }) => vectors))
  const subtracted = new Int32Array(widest)
  const sums = new Int32Array(widest)
  const packLanes = group === 2 ? packPairs : packFours
  for (const run of runs) {
    const width = 4 * run.vectors
    for (let panel = 0; panel < run.panels; panel++) {
      const base = run.offset + panel * width * (groups + 2)
      const first = run.channel + panel * width
      const present = Math.min(width, channels - first)
      const column = start + first
      sums.fill(0)
      for (let i = 0; i < present; i++) subtracted[i] = group === 2 ? block.zeroPoints[column + i]! : shift
      for (let g = 0; g < groups; g++) {
        packLanes(words, base + width * (1 + g), data, column, stride, rows, g * group, subtracted, sums, present)
      }
      finishPanel(words, memory, block, sums, subtracted, { base, last: base + width * (groups + 1), column, present })
    }
  }
}

/** Lanes of two weights of 16 bits each, for neighbouring output channels; `sums` counts what is packed. */
function packPairs(
  words: Int32Array,
  to: number,
  data: Int8Array | Uint8Array,
  column: number,
  stride: number,
  rows: Int32Array,
  at: number,
  subtracted: Int32Array,
  sums: Int32Array,
  present: number,
): void {
  const [a, b] = [rows[at]!, rows[at + 1]!]
  const [fromA, fromB] = [a * stride + column, b * stride + column]
  for (let i = 0; i < present; i++) {
    const low = a < 0 ? 0 : data[fromA + i]! - subtracted[i]!
    const high = b < 0 ? 0 : data[fromB + i]! - subtracted[i]!
    sums[i] = sums[i]! + low + high
    words[to + i] = (low & 0xffff) | (high << 16)
  }
}

/** The same with lanes of four weights of eight bits. */
function packFours(
  words: Int32Array,
  to: number,
  data: Int8Array | Uint8Array,
  column: number,
  stride: number,
  rows: Int32Array,
  at: number,
  subtracted: Int32Array,
  sums: Int32Array,
  present: number,
): void {
  for (let k = 0; k < 4; k++) {
    const row = rows[at + k]!
    if (row < 0) continue
    const from = row * stride + column
    for (let i = 0; i < present; i++) {
      const weight = data[from + i]! - subtracted[i]!
      sums[i] = sums[i]! + weight
      words[to + i] = words[to + i]! | ((weight & 0xff) << (8 * k))
    }
  }
}

/** Writes bias and multipliers of a panel, whose weights, less what was subtracted, sum to `sums`. */
function finishPanel(
  words: Int32Array,
  memory: Float32Array,
  { zeroPoints, multipliers, bias, rows, pixelZero }: IntegerWeightBlock,
  sums: Int32Array,
  subtracted: Int32Array,
  { base, last, column, present }: Readonly<Record<'base' | 'last' | 'column' | 'present', number>>,
): void {
  let depth = 0
  for (const row of rows) if (row >= 0) depth += 1
  for (let i = 0; i < present; i++) {
    const sum = sums[i]! + depth * (subtracted[i]! - zeroPoints[column + i]!)
    words[base + i] = (bias ? bias[column + i]! : 0) - Math.imul(pixelZero, sum)
    memory[last + i] = multipliers[column + i]!
  }
}

/** What packed depthwise weights are made of: `[window, channels]`. */
export interface IntegerDepthwiseWeights {
  readonly data: Int8Array | Uint8Array
  readonly channels: number
  readonly kernel: readonly [height: number, width: number]
  readonly zeroPoints: Int32Array
  readonly multipliers: Float32Array
  readonly bias: ArrayLike<number> | null
}

/** 32-bit words of packed depthwise weights, by pairs of rows or one by one. */
export function packedDepthwiseWords(
  channels: number,
  [height, width]: readonly [number, number],
  paired: boolean,
): number {
  const taps = paired ? 8 * Math.ceil(height / 2) * width : 4 * height * width
  return Math.ceil(channels / 8) * (16 + taps)
}

/**
 * Packs depthwise weights eight channels at a time: their bias, the window's weights less their zero points in 16 bits, and the
 * multipliers. `paired`: the weights of two rows of the window lie side by side, as the pixels do that they meet.
 */
export function packIntegerDepthwise(memory: Float32Array, weights: IntegerDepthwiseWeights, paired: boolean): void {
  const { data, channels, kernel, zeroPoints, multipliers, bias } = weights
  const [height, width] = kernel
  const words = new Int32Array(memory.buffer, memory.byteOffset, memory.length)
  const halves = new Int16Array(memory.buffer, memory.byteOffset, 2 * memory.length)
  const perVector = packedDepthwiseWords(8, kernel, paired)
  for (let c = 0; c < channels; c++) {
    const [base, i] = [(c >> 3) * perVector, c & 7]
    words[base + i] = bias ? bias[c]! : 0
    memory[base + perVector - 8 + i] = multipliers[c]!
    for (let ky = 0; ky < height; ky++) {
      for (let kx = 0; kx < width; kx++) {
        const weight = data[(ky * width + kx) * channels + c]! - zeroPoints[c]!
        const place = paired ? 16 * ((ky >> 1) * width + kx) + 2 * i + (ky & 1) : 8 * (ky * width + kx) + i
        halves[2 * (base + 8) + place] = weight
      }
    }
  }
}

import type { OpOf, Padding, Size2, Tensor } from '@depthwise/core'

/**
 * Second definitions of the windowed ops, written the other way round: where the kernels gather, these scatter every input
 * value to all the outputs it takes part in, and find out by trying how many positions a window has.
 */
export interface Image {
  readonly shape: readonly [n: number, height: number, width: number, channels: number]
  /** `[n, y, x, c]`, zero where nothing was scattered to. */
  at(n: number, y: number, x: number, c: number): number
}

interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
  readonly dilations?: Size2
}

/** Starts of all windows that lie wholly on the padded axis, counted from the image's own first element. */
function starts(extent: number, kernel: number, stride: number, dilation: number, before: number, after: number) {
  const found: number[] = []
  for (let start = -before; start + (kernel - 1) * dilation < extent + after; start += stride) found.push(start)
  return found
}

function windowStarts(height: number, width: number, { kernel, strides, padding, dilations = [1, 1] }: Window) {
  return {
    rows: starts(height, kernel[0], strides[0], dilations[0], padding.top, padding.bottom),
    columns: starts(width, kernel[1], strides[1], dilations[1], padding.left, padding.right),
  }
}

/** Calls `visit` for every pair of an input pixel and an output pixel whose window holds it, and the tap between them. */
function scatter(
  [images, height, width]: readonly number[],
  window: Window,
  visit: (n: number, from: Size2, to: Size2, tap: Size2) => void,
): readonly [number, number] {
  const { kernel, dilations = [1, 1] } = window
  const { rows, columns } = windowStarts(height!, width!, window)
  const tapOf = (position: number, start: number, axis: 0 | 1): number | null => {
    const tap = (position - start) / dilations[axis]
    return Number.isInteger(tap) && tap >= 0 && tap < kernel[axis] ? tap : null
  }
  for (let n = 0; n < images!; n++) {
    for (let y = 0; y < height!; y++) {
      for (let x = 0; x < width!; x++) {
        for (const [i, top] of rows.entries()) {
          for (const [j, left] of columns.entries()) {
            const ky = tapOf(y, top, 0)
            const kx = tapOf(x, left, 1)
            if (ky !== null && kx !== null) visit(n, [y, x], [i, j], [ky, kx])
          }
        }
      }
    }
  }
  return [rows.length, columns.length]
}

class Canvas {
  readonly values = new Map<string, number>()
  read(...position: number[]): number | undefined {
    return this.values.get(position.join())
  }
  write(value: number, ...position: number[]): void {
    this.values.set(position.join(), value)
  }
}

const pixel = ({ shape, data }: Tensor, n: number, y: number, x: number, c: number): number =>
  data[((n * shape[1]! + y) * shape[2]! + x) * shape[3]! + c]!

/** HWIO weights. */
export function scatterConv2d(op: OpOf<'conv2d'>, x: Tensor, weights: Tensor): Image {
  const canvas = new Canvas()
  const [images, , , channels] = x.shape as readonly [number, number, number, number]
  const size = scatter(x.shape, op, (n, from, to, tap) => {
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < op.filters; f++) {
        const group = Math.floor((c * op.groups) / channels)
        if (Math.floor((f * op.groups) / op.filters) !== group) continue
        const weight = pixel(weights, tap[0], tap[1], c - (group * channels) / op.groups, f)
        const sum = canvas.read(n, ...to, f) ?? 0
        canvas.write(sum + weight * pixel(x, n, ...from, c), n, ...to, f)
      }
    }
  })
  return { shape: [images, ...size, op.filters], at: (...position) => canvas.read(...position) ?? 0 }
}

/** `merge` takes the value so far (undefined at first) and the next one; what padding counts is left to the caller. */
export function scatterPool(
  op: Window,
  x: Tensor,
  merge: (soFar: number | undefined, value: number) => number,
): Image & { readonly visited: (n: number, y: number, x: number) => number } {
  const canvas = new Canvas()
  const visits = new Canvas()
  const [images, , , channels] = x.shape as readonly [number, number, number, number]
  const size = scatter(x.shape, op, (n, from, to) => {
    visits.write((visits.read(n, ...to) ?? 0) + 1, n, ...to)
    for (let c = 0; c < channels; c++) {
      canvas.write(merge(canvas.read(n, ...to, c), pixel(x, n, ...from, c)), n, ...to, c)
    }
  })
  return {
    shape: [images, ...size, channels],
    at: (...position) => canvas.read(...position) ?? Number.NaN,
    visited: (...position) => visits.read(...position) ?? 0,
  }
}

/** All values of an image in row-major order. */
export function flattened({ shape: [images, height, width, channels], at }: Image): number[] {
  const values: number[] = []
  for (let n = 0; n < images; n++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) values.push(at(n, y, x, c))
  return values
}

import type { Shape } from '@depthwise/core'
import type { Padding, Size2 } from '@depthwise/core/backend'

/** A window that slides over height and width. */
export interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
  readonly dilations: Size2
}

/** Heights, widths and the count of tiles of `pixels` outputs along a row. */
export interface Grid {
  readonly height: number
  readonly width: number
  readonly rows: number
  readonly columns: number
  readonly tiles: number
}

export function gridOfWindow(input: Shape, output: Shape, pixels: number): Grid {
  const [, height = 1, width = 1] = input
  const [, rows = 1, columns = 1] = output
  return { height, width, rows, columns, tiles: Math.ceil(columns / pixels) }
}

/**
 * From a count of tiles, `tile`: the image `image`, the output row `row`, the first output column `column`, and where the
 * window stands in the image, `top` and `left`, which padding may make negative.
 */
export function locate({ rows, tiles }: Grid, { strides, padding }: Window, pixels: number): string {
  return `let column = tile % ${tiles}u * ${pixels}u;
let row = tile / ${tiles}u % ${rows}u;
let image = tile / ${tiles * rows}u;
let top = i32(row) * ${strides[0]} - ${padding.top};
let left = i32(column) * ${strides[1]} - ${padding.left};`
}

/** `3x3_s2`, with the dilation where there is one: how windows are named in kernels. */
export function windowName({ kernel, strides, dilations }: Window): string {
  const dilation = dilations.some(d => d > 1) ? `_d${dilations.join('x')}` : ''
  return `${kernel.join('x')}_s${strides[0] === strides[1] ? strides[0] : strides.join('x')}${dilation}`
}

/** Whether any tap of a window column can fall beside the image, for the column offsets `from` to `to` of a tile. */
export function leaves(extent: number, outputs: number, stride: number, before: number, reach: number): boolean {
  return before > 0 || (outputs - 1) * stride - before + reach >= extent
}

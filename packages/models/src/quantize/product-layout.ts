import type { Op, Shape } from '@depthwise/core'
import type { Product, Size2 } from '@depthwise/core/backend'

/**
 * A product as matrix products, one for each group of channels: `taps` values of the operand times `[taps, outputs]` weights, of
 * which each group has its share of the columns. All layouts of weights in core are such a matrix, row by row.
 */
export interface ProductLayout {
  readonly outputs: number
  /** The axis of the weights from which output channels are counted. */
  readonly axis: number
  readonly groups: number
  /** Values of the operand that one output sums over: the window's places, and at each of them the channels of a group. */
  readonly taps: number
  /** Channels of a group. */
  readonly depth: number
}

/** @param channels of the operand */
export function layoutOf(op: Product, channels: number): ProductLayout {
  return layouts[op.kind](op as never, channels)
}

/** The group that an output channel belongs to. */
export function groupOf({ outputs, groups }: ProductLayout, output: number): number {
  return Math.floor((output * groups) / outputs)
}

/** The input channel that the weight at a flat index multiplies. */
export function inputOf(layout: ProductLayout, index: number): number {
  const { outputs, depth } = layout
  return groupOf(layout, index % outputs) * depth + (Math.floor(index / outputs) % depth)
}

type Layout<K extends Product['kind']> = (op: Extract<Op, { readonly kind: K }>, channels: number) => ProductLayout

const area = ([height, width]: Size2): number => height * width

const layouts: { readonly [K in Product['kind']]: Layout<K> } = {
  conv2d({ filters, groups, kernel }, channels) {
    const depth = channels / groups
    return { outputs: filters, axis: 3, groups, taps: area(kernel) * depth, depth }
  },
  depthwiseConv2d: ({ multiplier, kernel }, channels) => ({
    outputs: channels * multiplier,
    axis: 2,
    groups: channels,
    taps: area(kernel),
    depth: 1,
  }),
  dense: ({ units }, channels) => ({ outputs: units, axis: 1, groups: 1, taps: channels, depth: channels }),
}

/** Where the window of a product lies over an image, for each of its outputs. */
export interface ProductWindow {
  readonly kernel: Size2
  readonly strides: Size2
  readonly dilations: Size2
  /** Rows and columns of zeros in front of the image. */
  readonly before: Size2
  /** Rows and columns of the image and of the outputs. */
  readonly image: Size2
  readonly places: Size2
}

/** The window of a product; a dense layer is one place that sees one. */
export function windowOf(op: Product, operand: Shape, result: Shape): ProductWindow {
  const one: Size2 = [1, 1]
  if (op.kind === 'dense') {
    return { kernel: one, strides: one, dilations: one, before: [0, 0], image: one, places: one }
  }
  const { kernel, strides, dilations, padding } = op
  const sides = ([, height, width]: Shape): Size2 => [height as number, width as number]
  return {
    kernel,
    strides,
    dilations,
    before: [padding.top, padding.left],
    image: sides(operand),
    places: sides(result),
  }
}

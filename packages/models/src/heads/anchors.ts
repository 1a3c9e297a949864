import { OptionError } from '@depthwise/core'
import { type Size2, show } from '@depthwise/core/backend'

/**
 * Where the anchors of a detector lie. Each stride is a layer: a grid of cells, whose centres hold boxes of the layer's scales and
 * aspect ratios. The terms are those of TensorFlow's object detection API (`multiple_grid_anchor_generator.py`) and of MediaPipe
 * (`ssd_anchors_calculator.proto`).
 */
export interface AnchorSpec {
  /** `[height, width]` of the network's input. */
  readonly size: Size2
  /** Pixels of the input per cell, layer by layer. Consecutive layers of one stride share their cells. */
  readonly strides: readonly number[]
  /** Scales of the first and the last layer, as a share of the input; those between are spaced evenly. */
  readonly scales: readonly [min: number, max: number]
  /** Width over height of the boxes of each cell. */
  readonly aspectRatios: readonly number[]
  /** Adds a box of this aspect ratio whose scale is the geometric mean of the layer's and the next one's. Default 1; 0: no box. */
  readonly interpolatedAspectRatio?: number
  /** The first layer has three boxes, of scale 0.1 and of aspect ratios 2 and 1/2. Default false. */
  readonly reduceLowestLayer?: boolean
  /** All boxes are as large as the input, so that heads give extents and not factors. Default false. */
  readonly isFixedSize?: boolean
}

/** The most anchors that a specification may ask for: some hundred times those of the largest published detectors. */
const maxAnchors = 2 ** 20

/**
 * The anchors of a specification, row by row: centre y, centre x, height, width, as shares of the input. Scale `i` of `n` is
 * `min + (max - min) i / (n - 1)`, that behind the last is 1; a box of scale `s` and aspect ratio `r` has height `s / sqrt(r)` and
 * width `s sqrt(r)`; the centre of cell `i` of `n = ceil(size / stride)` is `(i + 0.5) / n`.
 * @throws OptionError for a number out of its domain, or more than 2^20 anchors
 */
export function generateAnchors(spec: AnchorSpec): Float32Array {
  const layers = layersOf(spec)
  const boxes = layers.map(({ from, to }) => shapesOf(spec, from, to))
  const grids = layers.map(({ stride }) => spec.size.map(side => Math.ceil(side / stride)) as [number, number])
  const count = grids.reduce((sum, [rows, columns], i) => sum + rows * columns * (boxes[i]?.length ?? 0), 0)
  if (count > maxAnchors) throw wrong('strides', `at most ${maxAnchors} anchors`, `${count}`)
  const anchors = new Float32Array(count * 4)
  let at = 0
  for (const [layer, [rows, columns]] of grids.entries()) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const [height, width] of boxes[layer] ?? []) {
          anchors.set([(row + 0.5) / rows, (column + 0.5) / columns, height, width], at)
          at += 4
        }
      }
    }
  }
  return anchors
}

/** Consecutive layers of one stride, as one layer with the boxes of all. */
function layersOf({ strides, size, scales, aspectRatios, interpolatedAspectRatio = 1 }: AnchorSpec) {
  checkNumbers('strides', strides)
  checkNumbers('size', size)
  checkNumbers('scales', scales)
  checkNumbers('aspectRatios', aspectRatios)
  if (!(interpolatedAspectRatio >= 0)) {
    throw wrong('interpolatedAspectRatio', 'a number of at least 0', show(interpolatedAspectRatio))
  }
  const layers: { readonly stride: number; readonly from: number; to: number }[] = []
  for (const [index, stride] of strides.entries()) {
    const last = layers.at(-1)
    if (last?.stride === stride) last.to = index + 1
    else layers.push({ stride, from: index, to: index + 1 })
  }
  return layers
}

/** Heights and widths of the boxes of a cell, for the layers from `from` up to `to`. */
function shapesOf(spec: AnchorSpec, from: number, to: number): readonly Size2[] {
  const { strides, scales, aspectRatios, interpolatedAspectRatio = 1, reduceLowestLayer, isFixedSize } = spec
  const [min, max] = scales
  const count = strides.length
  const scaleOf = (layer: number): number => {
    if (layer === count) return 1
    return count === 1 ? (min + max) / 2 : min + ((max - min) * layer) / (count - 1)
  }
  const shapes: Size2[] = []
  const add = (scale: number, ratio: number): void => {
    shapes.push(isFixedSize ? [1, 1] : [scale / Math.sqrt(ratio), scale * Math.sqrt(ratio)])
  }
  for (let layer = from; layer < to; layer++) {
    const scale = scaleOf(layer)
    if (layer === 0 && reduceLowestLayer) {
      add(0.1, 1)
      add(scale, 2)
      add(scale, 0.5)
      continue
    }
    for (const ratio of aspectRatios) add(scale, ratio)
    if (interpolatedAspectRatio > 0) add(Math.sqrt(scale * scaleOf(layer + 1)), interpolatedAspectRatio)
  }
  return shapes
}

function checkNumbers(field: string, values: readonly number[]): void {
  const isGood = Array.isArray(values) && values.length > 0 && values.length <= 64
  if (isGood && values.every(value => Number.isFinite(value) && value > 0)) return
  throw wrong(field, 'numbers above 0', show(values))
}

const wrong = (field: string, expected: string, found: string): OptionError =>
  new OptionError({ where: `option anchors.${field}`, expected, found })

import type { ImageWindow } from './image-window.ts'

/** A named place on an image. */
export interface Keypoint {
  readonly name: string
  /** In pixels of the image, from its left border. */
  readonly x: number
  /** In pixels of the image, from its upper border. */
  readonly y: number
  /** How sure the network is of this point, where it says so. */
  readonly score?: number
}

/** Left, upper, right and lower edge, in pixels of the given image. Edges may lie beyond its borders. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number]

/** An object that was found. */
export interface Detection {
  /** Of the class, from 0; the background does not count. */
  readonly index: number
  readonly label: string
  /** From 0 to 1. */
  readonly score: number
  readonly box: Box
  /** Of detectors that give some, such as BlazeFace. */
  readonly keypoints?: readonly Keypoint[]
}

/** An object as shares of the network's input: x0, y0, x1, y1, then x and y of keypoints. */
export interface RawDetection {
  readonly index: number
  readonly score: number
  readonly values: ArrayLike<number>
}

/** A share of the network's input as a place on the image. */
export const onImage = ({ left, top, width, height }: ImageWindow, x: number, y: number): [x: number, y: number] => [
  left + x * width,
  top + y * height,
]

/** The four edges of a row of values, on the image. */
export function boxOnImage(window: ImageWindow, values: ArrayLike<number>): Box {
  const [x0, y0] = onImage(window, values[0]!, values[1]!)
  const [x1, y1] = onImage(window, values[2]!, values[3]!)
  return [x0, y0, x1, y1]
}

/** The keypoints of a row of values, on the image. */
export function keypointsOnImage(
  window: ImageWindow,
  values: ArrayLike<number>,
  names: readonly string[],
): readonly Keypoint[] {
  return names.map((name, i) => {
    const [x, y] = onImage(window, values[4 + 2 * i]!, values[5 + 2 * i]!)
    return { name, x, y }
  })
}

/** Whether all values are numbers: a broken network, or one fed with NaN, gives boxes that lie nowhere. */
export const isFiniteRow = ({ values }: RawDetection): boolean => Array.prototype.every.call(values, Number.isFinite)

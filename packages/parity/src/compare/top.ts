import { dequantized, type Tensor } from '@depthwise/core'

/** How far two classifiers agree on their best classes, over all images of a run. */
export interface TopAgreement {
  /** Name of the output. */
  readonly output: string
  /** Classes looked at. */
  readonly top: number
  readonly images: number
  /** Images with the same best class. */
  readonly first: number
  /** Images with the same classes in the same order. */
  readonly ordered: number
  /** Share of the reference's classes that the candidate has too, in any order. */
  readonly shared: number
}

/** Indices of the largest values, largest first; of equal ones, the first. */
export function topOf(values: Float32Array, count: number): readonly number[] {
  return [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b).slice(0, count)
}

/** Agreement over the rows of two `[images, classes]` tensors. */
export function topAgreement(output: string, reference: Tensor, candidate: Tensor, top: number): TopAgreement {
  const [images, classes] = reference.shape as readonly [number, number]
  const count = Math.min(top, classes)
  let [first, ordered, shared] = [0, 0, 0]
  for (let image = 0; image < images; image++) {
    const [ours, theirs] = [reference, candidate].map(values =>
      topOf(dequantized(values).data.subarray(image * classes, (image + 1) * classes), count),
    ) as [readonly number[], readonly number[]]
    if (ours[0] === theirs[0]) first += 1
    if (ours.every((index, place) => index === theirs[place])) ordered += 1
    shared += ours.filter(index => theirs.includes(index)).length
  }
  return { output, top: count, images, first, ordered, shared: shared / (images * count) }
}

/** Two agreements about one output as one. */
export function joined(a: TopAgreement, b: TopAgreement): TopAgreement {
  const images = a.images + b.images
  return {
    ...a,
    images,
    first: a.first + b.first,
    ordered: a.ordered + b.ordered,
    shared: (a.shared * a.images + b.shared * b.images) / images,
  }
}

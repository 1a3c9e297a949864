/** Networks whose accuracies are known here. */
export type PublishedNetwork = 'mobilenet_v1' | 'mobilenet_v2'

/** A network that TensorFlow slim published weights of, and how good it is on ImageNet's validation set. */
export interface PublishedVariant {
  readonly network: PublishedNetwork
  readonly alpha: number
  readonly resolution: number
  /** Percent. */
  readonly top1: number
  readonly top5: number
  /** Who says so. */
  readonly source: string
}

type Row = readonly [alpha: number, resolution: number, top1: number, top5: number]

const v1: readonly Row[] = [
  [1, 224, 70.9, 89.9],
  [1, 192, 70.0, 89.2],
  [1, 160, 68.0, 87.7],
  [1, 128, 65.2, 85.8],
  [0.75, 224, 68.4, 88.2],
  [0.75, 192, 67.2, 87.3],
  [0.75, 160, 65.3, 86.0],
  [0.75, 128, 62.1, 83.9],
  [0.5, 224, 63.3, 84.9],
  [0.5, 192, 61.7, 83.6],
  [0.5, 160, 59.1, 81.9],
  [0.5, 128, 56.3, 79.4],
  [0.25, 224, 49.8, 74.2],
  [0.25, 192, 47.7, 72.3],
  [0.25, 160, 45.5, 70.3],
  [0.25, 128, 41.5, 66.3],
]

const v2: readonly Row[] = [
  [1.4, 224, 75.0, 92.5],
  [1.3, 224, 74.4, 92.1],
  [1, 224, 71.8, 91.0],
  [1, 192, 70.7, 90.1],
  [1, 160, 68.8, 89.0],
  [1, 128, 65.3, 86.9],
  [1, 96, 60.3, 83.2],
  [0.75, 224, 69.8, 89.6],
  [0.75, 192, 68.7, 88.9],
  [0.75, 160, 66.4, 87.3],
  [0.75, 128, 63.2, 85.3],
  [0.75, 96, 58.8, 81.6],
  [0.5, 224, 65.4, 86.4],
  [0.5, 192, 63.9, 85.4],
  [0.5, 160, 61.0, 83.2],
  [0.5, 128, 57.7, 80.8],
  [0.5, 96, 51.2, 75.8],
  [0.35, 224, 60.3, 82.9],
  [0.35, 192, 58.2, 81.2],
  [0.35, 160, 55.7, 79.1],
  [0.35, 128, 50.8, 75.0],
  [0.35, 96, 45.5, 70.4],
]

const published = (network: PublishedNetwork, rows: readonly Row[], readme: string): readonly PublishedVariant[] =>
  rows.map(([alpha, resolution, top1, top5]) => {
    return { network, alpha, resolution, top1, top5, source: `tensorflow/models, research/slim/nets/${readme}` }
  })

/** The 16 variants of V1 (trained anew in February 2018) and the 22 of V2, in the order of their READMEs. */
export const publishedVariants: readonly PublishedVariant[] = [
  ...published('mobilenet_v1', v1, 'mobilenet_v1.md'),
  ...published('mobilenet_v2', v2, 'mobilenet/README.md'),
]

import type { Prediction } from 'depthwise'

/** What an image was classified as, in the browser and by the server. */
export interface Answer {
  predictions: readonly Prediction[]
  milliseconds: number
  /** Where it was computed. */
  where: string
}

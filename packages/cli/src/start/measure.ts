import { type Backend, BackendUnavailableError, type Model, now, UnsupportedOpError } from '@depthwise/core'
import {
  type Classifier,
  type ClassifierOptions,
  createClassifier,
  type PixelImage,
  type Prediction,
} from '@depthwise/models'

/** How one backend did on one picture. */
export interface Showing {
  readonly backend: string
  readonly compile: number
  readonly first: number
  /** Median of the runs after the first. */
  readonly then: number
  readonly probabilities: Float32Array
  /** The best of them, by name. */
  readonly predictions: readonly Prediction[]
}

/** A backend that could not take part, and why. */
export interface Absence {
  readonly backend: string
  readonly reason: string
}

/** Repeats until this many milliseconds are spent or this many runs done. */
const enough = { milliseconds: 500, runs: 20 }

/**
 * Classifies a picture on one backend, once for the answer and the first time, then again for the time it settles at.
 * @returns what it took, or why it cannot be done here
 */
export async function show(
  backend: Backend,
  model: Model,
  options: Omit<ClassifierOptions, 'backends'>,
  image: PixelImage,
): Promise<Showing | Absence> {
  const { available, reasons } = await backend.probe()
  if (!available) return { backend: backend.name, reason: reasons.join('; ') }
  try {
    const begun = now()
    await using classifier = await createClassifier(model, { ...options, backends: [backend] })
    const compile = now() - begun
    const [first, probabilities] = await timed(classifier, image)
    const then = await settled(classifier, image)
    const predictions = await classifier.classify(image)
    return { backend: backend.name, compile, first, then, probabilities, predictions }
  } catch (error) {
    if (!(error instanceof UnsupportedOpError || error instanceof BackendUnavailableError)) throw error
    return { backend: backend.name, reason: error.message }
  }
}

async function settled(classifier: Classifier, image: PixelImage): Promise<number> {
  const times: number[] = []
  let spent = 0
  while (times.length < enough.runs && spent < enough.milliseconds) {
    const [time] = await timed(classifier, image)
    times.push(time)
    spent += time
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number
}

async function timed(classifier: Classifier, image: PixelImage): Promise<[milliseconds: number, Float32Array]> {
  const start = now()
  const probabilities = await classifier.probabilities(image)
  return [now() - start, probabilities]
}

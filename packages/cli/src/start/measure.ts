import { type Backend, BackendUnavailableError, type Model, now, UnsupportedOpError } from '@depthwise/core'
import { type Classifier, type ClassifierOptions, createClassifier, type PixelImage } from '@depthwise/models'

/** How one backend did on some pictures. */
export interface Showing {
  readonly backend: string
  readonly compile: number
  /** The first run of all. */
  readonly first: number
  /** Median of the runs after the first, over all pictures. */
  readonly then: number
  /** Of every class, picture by picture. */
  readonly probabilities: readonly Float32Array[]
}

/** A backend that could not take part, and why. */
export interface Absence {
  readonly backend: string
  readonly reason: string
}

/** Repeats until this many milliseconds are spent or this many runs done. */
const enough = { milliseconds: 500, runs: 20 }

/**
 * Classifies pictures on one backend, once each for the answers, then again for the time it settles at.
 * @returns what it took, or why it cannot be done here
 */
export async function show(
  backend: Backend,
  model: Model,
  options: Omit<ClassifierOptions, 'backends'>,
  images: readonly [PixelImage, ...PixelImage[]],
): Promise<Showing | Absence> {
  const { available, reasons } = await backend.probe()
  if (!available) return { backend: backend.name, reason: reasons.join('; ') }
  try {
    const begun = now()
    await using classifier = await createClassifier(model, { ...options, backends: [backend] })
    const compile = now() - begun
    const times: number[] = []
    const probabilities: Float32Array[] = []
    for (const image of images) {
      const [time, answer] = await timed(classifier, image)
      times.push(time)
      probabilities.push(answer)
    }
    const first = times.shift() as number
    let spent = times.reduce((sum, time) => sum + time, 0)
    for (let run = 0; times.length < enough.runs && (times.length === 0 || spent < enough.milliseconds); run++) {
      const [time] = await timed(classifier, images[run % images.length] as PixelImage)
      times.push(time)
      spent += time
    }
    const then = times.toSorted((a, b) => a - b)[times.length >> 1] as number
    return { backend: backend.name, compile, first, then, probabilities }
  } catch (error) {
    if (!(error instanceof UnsupportedOpError || error instanceof BackendUnavailableError)) throw error
    return { backend: backend.name, reason: error.message }
  }
}

async function timed(classifier: Classifier, image: PixelImage): Promise<[milliseconds: number, Float32Array]> {
  const start = now()
  const probabilities = await classifier.probabilities(image)
  return [now() - start, probabilities]
}

import {
  type Backend,
  BackendUnavailableError,
  createSession,
  type Model,
  type Preprocessing,
  type Tensor,
  UnsupportedOpError,
} from '@depthwise/core'
import { now } from '@depthwise/core/backend'
import { endInProbabilities, imageInput, imageValues, type PixelImage } from '@depthwise/models'
import { preparationOf } from '../image-network.ts'

/** How long something takes: the first time, and warmed up, the median of the later half of all times. */
export interface Times {
  readonly first: number
  readonly warm: number
}

/** The values that a network gets for each image, and how long preparing an image took. */
export interface PreparedImages extends Times {
  readonly values: readonly ReturnType<typeof imageValues>[]
}

/** The answers and times of one backend, for the network alone. */
export interface BackendResult extends Times {
  readonly backend: string
  readonly compile: number
  /** Of every class, image by image. */
  readonly probabilities: readonly Float32Array[]
}

/** A backend that does not run here, and why. */
export interface Absence {
  readonly backend: string
  readonly reason: string
}

/** Repeats until this many milliseconds are spent or this many runs done. */
const enough = { milliseconds: 500, runs: 60 }

/** Prepares images for a network, as it takes them: crops or finds the drawing, resizes, normalises. */
export async function prepareImages(
  model: Model,
  preprocessing: Preprocessing,
  images: readonly PixelImage[],
): Promise<PreparedImages> {
  const input = imageInput(model.graph)
  const { prepare } = await preparationOf(preprocessing)
  const valuesOf = async (image: PixelImage) =>
    prepare
      ? imageValues(prepare(image, input.size), input, { ...preprocessing, crop: 'squeeze' })
      : imageValues(image, input, preprocessing)
  const { results, ...times } = await repeated(images, valuesOf)
  return { values: results, ...times }
}

/**
 * Runs a network on one backend, once for each image and then again for the time it settles at.
 * @returns the answers and times, or why the backend cannot run it here
 */
export async function measureBackend(
  backend: Backend,
  model: Model,
  values: PreparedImages['values'],
): Promise<BackendResult | Absence> {
  const { available, reasons } = await backend.probe()
  if (!available) return { backend: backend.name, reason: reasons.join('; ') }
  const { name } = imageInput(model.graph)
  try {
    const begun = now()
    const graph = endInProbabilities(model.graph)
    await using session = await createSession(graph, model.params, { backends: [backend], batch: 1 })
    const compile = now() - begun
    const { results, ...times } = await repeated(values, async image => {
      const [output] = Object.values(await session.run({ [name]: image })) as [Tensor<'float32'>]
      return output.data
    })
    return { backend: backend.name, compile, ...times, probabilities: results }
  } catch (error) {
    if (!(error instanceof UnsupportedOpError || error instanceof BackendUnavailableError)) throw error
    return { backend: backend.name, reason: error.message }
  }
}

/** Works on each item once for the results, then on all again in turn for the times. */
async function repeated<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<Times & { readonly results: readonly R[] }> {
  const times: number[] = []
  const timed = async (item: T): Promise<R> => {
    const start = now()
    const result = await work(item)
    times.push(now() - start)
    return result
  }
  const results: R[] = []
  for (const item of items) results.push(await timed(item))
  const first = times.shift() as number
  let spent = times.reduce((sum, time) => sum + time, 0)
  for (let run = 0; times.length < enough.runs && (times.length === 0 || spent < enough.milliseconds); run++) {
    await timed(items[run % items.length] as T)
    spent += times.at(-1) as number
  }
  // Engines compile what runs often; the first times include that.
  const later = times.slice(times.length >> 1).toSorted((a, b) => a - b)
  return { results, first, warm: later[later.length >> 1] as number }
}

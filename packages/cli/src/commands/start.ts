import { BackendUnavailableError } from '@depthwise/core'
import { endInProbabilities, type PixelImage, topPredictions } from '@depthwise/models'
import { readNamedImage } from 'depthwise/node'
import { registry } from '../backends.ts'
import { exitFailed, report } from '../failure.ts'
import { type ImageOptions, openNetwork } from '../image-network.ts'
import { findImages } from '../images.ts'
import { resolveLabels } from '../labels.ts'
import { cropText, notePreprocessing } from '../preprocessing.ts'
import { startProgress } from '../progress.ts'
import { describeImage, describeNetwork, describeTimes, largestDifference } from '../start/describe.ts'
import { type Absence, type BackendResult, measureBackend, prepareImages } from '../start/measure.ts'
import { defaultName, nextSteps, sampleDrawings } from '../start/sample.ts'
import type { Terminal } from '../terminal.ts'

export interface StartOptions
  extends Pick<ImageOptions, 'checkpoint' | 'crop' | 'normalize' | 'resolution' | 'arithmetic'> {
  readonly labels?: string
}

/** Probabilities of two backends this close are called equal: the same float32 sums in another order. */
const tolerance = 1e-4
/** Most images that are kept in memory, decoded, for all backends. */
const maxImages = 24

/**
 * `depthwise start`: a real network classifies real images on every backend that runs here; the answers are compared, and the time
 * of each is shown beside what the network costs.
 * @returns the exit code: 0 only if every image was classified and all backends agree
 */
export async function start(args: readonly string[], options: StartOptions, terminal: Terminal): Promise<number> {
  const found = await findImages(args.length > 0 ? args : await sampleDrawings(), terminal)
  if (found.images.length === 0) return found.code
  const { checkpoint, resolved } = await openNetwork(
    { ...options, checkpoint: options.checkpoint ?? [defaultName], backend: 'auto' },
    terminal,
  )
  const { model } = checkpoint
  const { preprocessing } = resolved
  // Refuses networks without classes before anything is printed.
  endInProbabilities(model.graph)
  const labels = await resolveLabels(model, options.labels, terminal)
  notePreprocessing(resolved, terminal)
  await terminal.print(`${describeNetwork(checkpoint, cropText(preprocessing.crop), terminal)}\n`)

  const isForDrawings = preprocessing.crop === 'drawing'
  const { images, code } = await decodeAll(found, isForDrawings, terminal)
  const [first] = images
  if (!first) return code
  if (isForDrawings) await notePhotos(images, options.checkpoint === undefined, terminal)
  const prepared = await prepareImages(
    model,
    preprocessing,
    images.map(({ pixels }) => pixels),
  )
  const results: (BackendResult | Absence)[] = []
  for (const name of registry.names) {
    results.push(await measureBackend(await registry.create(name), model, prepared.values))
  }
  const successes = results.filter(result => 'probabilities' in result)
  const [reference, ...others] = successes
  if (!reference) {
    throw new BackendUnavailableError({ where: 'start', expected: 'a backend that runs here', found: 'none' })
  }
  for (const [at, { name, pixels }] of images.entries()) {
    const best = topPredictions(reference.probabilities[at] as Float32Array, 3, labels)
    await terminal.print(`${describeImage(name, pixels, best, terminal)}\n`)
  }
  const difference = largestDifference(successes)
  const agreed = difference <= tolerance
  const verdict =
    others.length === 0
      ? `Only ${reference.backend} ran: there is nothing to compare it with.`
      : `${agreed ? 'All backends agree' : terminal.style('red', 'The backends DISAGREE')}: probabilities differ by at most ${difference.toExponential(1)}.`
  const steps = isForDrawings ? 'find the drawing, resize, normalise' : 'crop, resize, normalise'
  await terminal.print([await describeTimes({ ...prepared, steps }, results, terminal), verdict].join('\n'))
  if (!options.checkpoint) await terminal.print(`\n${nextSteps}`)
  return agreed ? code : exitFailed
}

interface DecodedImage {
  readonly name: string
  readonly pixels: PixelImage
}

/** Decodes the first images; those that cannot be read are reported. */
async function decodeAll(
  { images, code: foundCode }: Awaited<ReturnType<typeof findImages>>,
  alpha: boolean,
  terminal: Terminal,
): Promise<{ readonly images: readonly DecodedImage[]; readonly code: number }> {
  const shown = images.slice(0, maxImages)
  if (shown.length < images.length) {
    terminal.note(`showing the first ${maxImages} of ${images.length} images; \`depthwise classify\` takes them all`)
  }
  const progress = await startProgress(shown.length, terminal)
  const decoded: DecodedImage[] = []
  let code = foundCode
  try {
    for (const image of shown) {
      try {
        decoded.push({ name: image.name, pixels: await readNamedImage(image, { alpha }) })
      } catch (error) {
        report(error, terminal, image.name)
        code = exitFailed
      }
      progress.step()
    }
  } finally {
    progress.stop()
  }
  return { images: decoded, code }
}

/** A network for drawings answers for a photo too, but at random. */
async function notePhotos(images: readonly DecodedImage[], isBuiltIn: boolean, terminal: Terminal): Promise<void> {
  const { isPhoto } = await import('@depthwise/models/drawing')
  const network = isBuiltIn ? 'the built-in network' : 'this network'
  for (const { name, pixels } of images) {
    if (isPhoto(pixels)) terminal.note(`${name}: this looks like a photo; ${network} knows drawings`)
  }
}

import { now } from '@depthwise/core'
import { classesNamed, countClasses, createClassifier, type Prediction, topAmong } from '@depthwise/models'
import { noteSkipped, registry } from '../backends.ts'
import { forEachImage } from '../images.ts'
import { resolveLabels } from '../labels.ts'
import { openNetwork, type PictureOptions } from '../pictures.ts'
import { notePreprocessing } from '../preprocessing.ts'
import type { Terminal } from '../terminal.ts'
import { milliseconds, percent, rounded, shortened } from '../words.ts'

export interface ClassifyOptions extends PictureOptions {
  readonly top: number
  readonly labels?: string
  /** Names of the classes that come into question; the others are left out. */
  readonly among?: readonly string[]
}

/** What `--json` writes, one a line. */
interface Answer {
  readonly image: string
  readonly predictions: readonly Prediction[]
  readonly backend: string
  /** From the decoded picture to the answer. */
  readonly milliseconds: number
}

/**
 * `depthwise classify`: what is on each picture.
 * @returns the exit code
 */
export async function classify(
  images: readonly string[],
  options: ClassifyOptions,
  terminal: Terminal,
): Promise<number> {
  const { checkpoint, backends, resolved, sight } = await openNetwork(options, terminal)
  const { model } = checkpoint
  const labels = await resolveLabels(model, options.labels, terminal)
  const names = labels ?? Array.from({ length: countClasses(model.graph) }, (_, index) => `${index}`)
  const among = options.among && classesNamed(options.among, names)
  await using classifier = await createClassifier(model, {
    backends,
    registry,
    ...(labels && { labels }),
    ...sight,
    top: options.top,
  })
  noteSkipped(classifier.session.skipped, terminal)
  notePreprocessing(resolved, terminal)
  // Awaited here: the network must outlive the last picture.
  return await forEachImage(
    images,
    terminal,
    async (image, pixels) => {
      const start = now()
      const best = among
        ? topAmong(await classifier.probabilities(pixels), among, options.top, names)
        : await classifier.classify(pixels)
      const spent = now() - start
      const predictions = best.map(({ index, label, probability }) => ({
        index,
        label: labels ? label : `${index}`,
        probability: shortened(probability),
      }))
      const answer = { image, predictions, backend: classifier.session.backend, milliseconds: rounded(spent) }
      await terminal.print(options.json ? JSON.stringify(answer) : inWords(answer))
    },
    { alpha: sight.prepare !== undefined },
  )
}

function inWords({ image, predictions, backend, milliseconds: spent }: Answer): string {
  const rows = predictions.map(
    ({ label, index, probability }) => `  ${percent(probability).padStart(7)}  ${label} (${index})`,
  )
  return [`${image} (${milliseconds(spent)} on ${backend})`, ...rows].join('\n')
}

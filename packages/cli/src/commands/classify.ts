import { OptionError } from '@depthwise/core'
import {
  classesNamed,
  countClasses,
  endInProbabilities,
  type Prediction,
  topAmong,
  topPredictions,
} from '@depthwise/models'
import { csvLine } from '../csv.ts'
import { type ImageOptions, openNetwork } from '../image-network.ts'
import { findImages } from '../images.ts'
import { resolveLabels } from '../labels.ts'
import { didYouMean } from '../nearest.ts'
import { type ImageRun, runImages, titleOf } from '../run-images.ts'
import type { Page, Terminal } from '../terminal.ts'
import { percent, rounded, shortened } from '../words.ts'

export interface ClassifyOptions extends ImageOptions {
  readonly top: number
  readonly labels?: string
  /** Names of the classes that predictions are restricted to. */
  readonly among?: readonly string[]
  readonly jobs: number | 'auto'
}

/** What `--json` writes, one object a line. */
interface Answer {
  readonly image: string
  readonly predictions: readonly Prediction[]
  readonly backend: string
  /** From the decoded image to the probabilities, once the network is warm. */
  readonly milliseconds: number
  /** The first run, of the first image; also of each further job's. */
  readonly firstMilliseconds?: number
}

/**
 * `depthwise classify`: the most probable classes of each image.
 * @returns the exit code: 0 only if every image was classified
 */
export async function classify(args: readonly string[], options: ClassifyOptions, terminal: Terminal): Promise<number> {
  const found = await findImages(args, terminal)
  if (found.images.length === 0) return found.code
  const network = await openNetwork(options, terminal)
  const { model } = network.checkpoint
  // Refuses networks without classes once, not for every image.
  endInProbabilities(model.graph)
  const labels = await resolveLabels(model, options.labels, terminal)
  const names = labels ?? Array.from({ length: countClasses(model.graph) }, (_, index) => `${index}`)
  const among = options.among && classesAmong(options.among, names)
  if (options.csv) await terminal.print(csvLine(['image', 'rank', 'index', 'label', 'probability']))
  return runImages(found, network, { ...options, output: 'probabilities', labels: labels ?? [] }, terminal, run => {
    const { values, name, backend, milliseconds, firstMilliseconds } = run
    const best = among ? topAmong(values, among, options.top, names) : topPredictions(values, options.top, names)
    const predictions = best.map(({ index, label, probability }) => ({
      index,
      label,
      probability: shortened(probability),
    }))
    if (options.csv) {
      const rows = predictions.map(({ index, label, probability }, at) => [name, at + 1, index, label, probability])
      return rows.map(csvLine).join('\n')
    }
    if (!options.json) return inWords(run, predictions, terminal)
    const first = firstMilliseconds === null ? {} : { firstMilliseconds: rounded(firstMilliseconds) }
    const answer: Answer = { image: name, predictions, backend, milliseconds: rounded(milliseconds), ...first }
    return JSON.stringify(answer)
  })
}

/**
 * Indices of the classes of `--among`.
 * @throws OptionError for a name that no class has, with the nearest
 */
function classesAmong(among: readonly string[], names: readonly string[]): readonly number[] {
  for (const name of among) {
    try {
      classesNamed([name], names)
    } catch (error) {
      const advice = didYouMean(name, [...names, ...names.flatMap(label => label.split(', '))])
      if (!(error instanceof OptionError)) throw error
      const { expected, found } = error
      throw new OptionError({ where: 'option --among', expected, found: `${found}${advice && `.${advice}`}` })
    }
  }
  return classesNamed(among, names)
}

function inWords(run: ImageRun, predictions: readonly Prediction[], page: Page): string {
  const rows = predictions.map(
    ({ label, index, probability }) => `  ${page.style('cyan', percent(probability).padStart(7))}  ${label} (${index})`,
  )
  return [titleOf(run, page), ...rows].join('\n')
}

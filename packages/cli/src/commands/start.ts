import { BackendUnavailableError } from '@depthwise/core'
import { type PixelImage, topPredictions } from '@depthwise/models'
import { registry } from '../backends.ts'
import { exitFailed } from '../failure.ts'
import { forEachImage } from '../images.ts'
import { resolveLabels } from '../labels.ts'
import { openNetwork, type PictureOptions } from '../pictures.ts'
import { cropText, notePreprocessing } from '../preprocessing.ts'
import { describeNetwork, describePicture, describeTimes, largestDifference } from '../start/describe.ts'
import { type Absence, type Showing, show } from '../start/measure.ts'
import { defaultName, goOn, sampleDrawings } from '../start/sample.ts'
import type { Terminal } from '../terminal.ts'

export interface StartOptions extends Omit<PictureOptions, 'checkpoint' | 'backend' | 'json'> {
  readonly checkpoint?: readonly string[]
  readonly labels?: string
}

/** Probabilities of two backends this close are called equal: the same float32 sums in another order. */
const tolerance = 1e-4

/**
 * `depthwise start`: the whole thing at a glance. A real network looks at real pictures on every backend there is; the
 * answers are compared, and the time each took is set beside what the network costs.
 * @returns the exit code: 0 only if every picture was answered and all backends agree
 */
export async function start(images: readonly string[], options: StartOptions, terminal: Terminal): Promise<number> {
  const { checkpoint, resolved, sight } = await openNetwork(
    { ...options, checkpoint: options.checkpoint ?? [defaultName], backend: 'auto' },
    terminal,
  )
  const { model } = checkpoint
  const labels = await resolveLabels(model, options.labels, terminal)
  notePreprocessing(resolved, terminal)
  await terminal.print(`${describeNetwork(checkpoint, cropText(resolved.preprocessing.crop))}\n`)

  const pictures: [path: string, image: PixelImage][] = []
  const code = await forEachImage(
    images.length > 0 ? images : await sampleDrawings(),
    terminal,
    async (path, image) => {
      pictures.push([path, image])
    },
    { alpha: sight.prepare !== undefined },
  )
  const [first, ...others] = pictures.map(([, image]) => image)
  if (!first) return code
  const results: (Showing | Absence)[] = []
  for (const name of registry.names) {
    results.push(
      await show(await registry.create(name), model, { ...(labels && { labels }), ...sight }, [first, ...others]),
    )
  }
  const showings = results.filter(result => 'probabilities' in result)
  const [believed, ...compared] = showings
  if (!believed) {
    throw new BackendUnavailableError({ where: 'start', expected: 'a backend that runs here', found: 'none' })
  }
  for (const [at, [path, image]] of pictures.entries()) {
    const best = topPredictions(believed.probabilities[at] as Float32Array, 3, labels)
    await terminal.print(`${describePicture(path, image, best)}\n`)
  }
  const difference = largestDifference(showings)
  const agreed = difference <= tolerance
  const verdict =
    compared.length === 0
      ? `Only ${believed.backend} ran: there is nothing to compare it with.`
      : `${agreed ? 'All backends agree' : 'The backends DISAGREE'}: probabilities differ by at most ${difference.toExponential(1)}.`
  await terminal.print([await describeTimes(results), verdict].join('\n'))
  if (!options.checkpoint) await terminal.print(`\n${goOn}`)
  return agreed ? code : exitFailed
}

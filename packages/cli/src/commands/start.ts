import { BackendUnavailableError, elementCount } from '@depthwise/core'
import { registry } from '../backends.ts'
import { outputOf } from '../checkpoint/ends.ts'
import { exitFailed } from '../failure.ts'
import { forEachImage } from '../images.ts'
import { resolveLabels } from '../labels.ts'
import { openNetwork } from '../pictures.ts'
import { notePreprocessing } from '../preprocessing.ts'
import { describeNetwork, describePicture, describeTimes, largestDifference } from '../start/describe.ts'
import { type Absence, type Showing, show } from '../start/measure.ts'
import { sampleCheckpoint, samplePhoto } from '../start/sample.ts'
import type { Terminal } from '../terminal.ts'

export interface StartOptions {
  readonly checkpoint?: readonly string[]
}

/** Probabilities of two backends this close are called equal: the same float32 sums in another order. */
const tolerance = 1e-4

/**
 * `depthwise start`: the whole thing at a glance. A real network looks at a real picture on every backend there is; the
 * answers are compared, and the time each took is set beside what the network costs.
 * @returns the exit code: 0 only if every picture was answered and all backends agree
 */
export async function start(images: readonly string[], options: StartOptions, terminal: Terminal): Promise<number> {
  const paths = options.checkpoint ?? (await sampleCheckpoint())
  const pictures = images.length > 0 ? images : [await samplePhoto()]
  const { checkpoint, resolved } = await openNetwork({ checkpoint: paths, backend: 'auto' })
  const { model } = checkpoint
  const classes = elementCount(outputOf(model.graph).shape.slice(1))
  const labels = await resolveLabels(classes, undefined, model.metadata.labels)
  const { preprocessing } = resolved
  notePreprocessing(resolved, terminal)
  await terminal.print(`${describeNetwork(checkpoint, preprocessing.crop)}\n`)
  let agreed = true
  const code = await forEachImage(pictures, terminal, async (path, image) => {
    const results: (Showing | Absence)[] = []
    for (const name of registry.names) {
      results.push(
        await show(await registry.create(name), model, { ...(labels && { labels }), preprocessing, top: 3 }, image),
      )
    }
    const showings = results.filter(result => 'predictions' in result)
    const [first, ...others] = showings
    if (!first) throw new BackendUnavailableError({ where: path, expected: 'a backend that runs here', found: 'none' })
    const difference = largestDifference(showings)
    agreed &&= difference <= tolerance
    const verdict =
      others.length === 0
        ? `Only ${first.backend} ran: there is nothing to compare it with.`
        : `${difference <= tolerance ? 'All backends agree' : 'The backends DISAGREE'}: probabilities differ by at most ${difference.toExponential(1)}.`
    await terminal.print(
      [describePicture(path, image, first.predictions), '', await describeTimes(results), verdict, ''].join('\n'),
    )
  })
  return agreed ? code : exitFailed
}

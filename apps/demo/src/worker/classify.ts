import { topAmong, topPredictions } from '@depthwise/models'
import { prepared } from './pictures.ts'
import type { Calls, Classified } from './protocol.ts'
import { heldIn } from './rooms.ts'

/** The most probable classes of a picture; of some classes only, where it is known that it is one of them. */
export async function classify({ slot, picture, top, among }: Calls['classify']['args']): Promise<Classified> {
  const one = heldIn(slot)
  const start = performance.now()
  const { image, seen } = prepared(one, picture)
  const ready = performance.now()
  const probabilities = await one.classifier.probabilities(image)
  const end = performance.now()
  const { labels } = one.classifier
  return {
    predictions: among ? topAmong(probabilities, among, top, labels) : topPredictions(probabilities, top, labels),
    milliseconds: { prepare: ready - start, run: end - ready },
    backend: one.classifier.session.backend,
    seen,
  }
}

import { topPredictions } from '@depthwise/models'
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

/** Probabilities scaled to sum to one over the classes that are possible. */
function topAmong(probabilities: Float32Array, among: readonly number[], top: number, labels: readonly string[]) {
  const sum = among.reduce((total, index) => total + (probabilities[index] ?? 0), 0)
  const shares = among.map(index => (sum > 0 ? (probabilities[index] ?? 0) / sum : 0))
  return topPredictions(shares, top).map(({ index, probability }) => {
    const original = among[index] as number
    return { index: original, label: labels[original] ?? `class ${original}`, probability }
  })
}

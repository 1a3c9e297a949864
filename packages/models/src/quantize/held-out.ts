import { dequantized, type Model, type Network, type NodeId, OptionError } from '@depthwise/core'
import type { ImageReader, Images } from './images.ts'
import { expose, type Runner } from './observe.ts'
import type { AnswerQuality } from './report.ts'
import { SignalToNoise } from './signal-to-noise.ts'

/** An answer by the names of the nodes that hold it in both networks. */
export interface NamedAnswer {
  readonly real: string
  readonly stored: string
}

/**
 * Compares the answers of two networks to images, each prepared as its network wants it: reals that resizing leaves between
 * bytes are rounded for the quantized one alone.
 */
export async function compareAnswers(
  model: Model,
  quantized: Network,
  answers: readonly NamedAnswer[],
  images: Images,
  reader: ImageReader,
  runner: Runner,
  step: () => void,
): Promise<AnswerQuality> {
  const [answer] = answers as readonly [NamedAnswer]
  const idIn = ({ graph }: Network, name: string): NodeId => graph.nodes.find(node => node.name === name)?.id as NodeId
  const [realId, storedId] = [idIn(model, answer.real), idIn(quantized, answer.stored)]
  await using real = await expose(model, [realId], runner)
  await using stored = await expose(quantized, [storedId], runner)
  const ratio = new SignalToNoise()
  const cosines: number[] = []
  let sameBest = 0
  for await (const image of images) {
    const [realOf, storedOf] = [await real.run(reader.values(image)), await stored.run(reader.bytes(image))]
    const [a, b] = [dequantized(realOf(realId)).data, dequantized(storedOf(storedId)).data]
    ratio.add(a, b)
    cosines.push(cosine(a, b))
    if (bestOf(a) === bestOf(b)) sameBest += 1
    step()
  }
  if (cosines.length === 0) {
    throw new OptionError({ where: 'option heldOut', expected: 'at least one image', found: 'none' })
  }
  return {
    images: cosines.length,
    sameBest,
    meanCosine: cosines.reduce((sum, each) => sum + each, 0) / cosines.length,
    minCosine: Math.min(...cosines),
    decibels: ratio.decibels,
  }
}

/** The first of the largest. */
function bestOf(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0)
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
  }
  return aa === 0 || bb === 0 ? Number(aa === bb) : ab / Math.sqrt(aa * bb)
}

import type { Size2 } from '@depthwise/core/backend'
import { readGguf, readKerasWeights, readNpz, readSafetensors, type WeightsFile } from '@depthwise/formats'
import { buildArchitecture, presets } from '@depthwise/models/networks'
import { weightsOf } from '@depthwise/models/weights'
import type { Origin } from './origin.ts'
import type { Reading } from './reading.ts'
import { usualSize } from './size.ts'

/** How the weights of each format are read. */
const readers = {
  safetensors: readSafetensors,
  npz: (bytes: Uint8Array): WeightsFile => ({ tensors: readNpz(bytes) }),
  gguf: readGguf,
  keras: readKerasWeights,
} as const

/**
 * The network that a file of bare weights belongs to, built and filled. The file's names and shapes tell which it is; where
 * it is from settles how it wants its images, else the library whose names it has.
 * @param size of the input; default what it was trained at, where its origin says, else 224 by 224, which is then assumed
 * @throws FormatError when the tensors are of no known network, WeightsError when some are missing or do not fit
 */
export async function readBareWeights(
  format: keyof typeof readers,
  bytes: Uint8Array,
  size?: Size2,
  origin?: Origin,
): Promise<Reading> {
  const weights = weightsOf(await readers[format](bytes))
  const { network, alpha, preset } = weights.architecture
  const known = size ?? origin?.size
  const graph = buildArchitecture(weights.architecture, { inputShape: [...(known ?? usualSize), 3] })
  const preprocessing = origin?.metadata.preprocessing ?? presets[preset].preprocessing
  const name = origin?.metadata.name ?? `${network}, alpha ${alpha}, by ${weights.naming}'s names`
  const model = { graph, params: weights.onto(graph), metadata: { format, name, preprocessing } }
  return known ? { model } : { model, assumedSize: usualSize }
}

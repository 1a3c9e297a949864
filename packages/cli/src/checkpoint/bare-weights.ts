import type { Model, Size2 } from '@depthwise/core'
import { type WeightsFile, weightsOf } from '@depthwise/formats'
import { buildArchitecture, presets } from '@depthwise/models'

/**
 * The network that a file of bare weights belongs to, built and filled. The file's names and shapes tell which it is; the
 * library they come from settles how it wants its pictures.
 * @param size of the input; default what the file says, else 224 by 224
 * @throws FormatError when the tensors are of no known network, WeightsError when some are missing or do not fit
 */
export function buildFor(format: string, file: WeightsFile, size?: Size2): Model {
  const weights = weightsOf(file)
  const { network, alpha, preset } = weights.architecture
  const graph = buildArchitecture(weights.architecture, size ? { inputShape: [...size, 3] } : {})
  const { preprocessing } = presets[preset]
  const name = `${network}, alpha ${alpha}, by ${weights.naming}'s names`
  return { graph, params: weights.onto(graph), metadata: { format, name, preprocessing } }
}

import type { Model, NodeId, Normalization } from '@depthwise/core'
import { bytesPerElement, nodeIndex } from '@depthwise/core/backend'
import type { ByteInput } from './byte-input.ts'
import { answersOf, type FloatNetwork, floatNetwork } from './float-network.ts'
import { compareAnswers } from './held-out.ts'
import { type Images, imageReader, readImages } from './images.ts'
import { checkOptions, type QuantizeOptions } from './options.ts'
import { counter } from './progress.ts'
import type { QuantizationReport } from './report.ts'
import { Search } from './search.ts'

/** A model on integers, and what is known of it. */
export interface QuantizedModel {
  readonly model: Model
  readonly report: QuantizationReport
}

/**
 * A model of reals as one of integers: it takes the bytes of pixels, with the normalization folded into their scale and zero
 * point; values are int8 over the ranges that the images show, weights int8 with a scale for each output channel, biases int32. What
 * follows the network on the host (`Model.tail`) is left out.
 * `docs/quantization.md` says what is computed and after whom.
 *
 * ```ts
 * const { model: small, report } = await quantize(model, images, { backends: [wasm(), reference()] })
 * console.log(formatQuantizationReport(report))
 * ```
 * @param images decoded, a few dozen that are like those the network is for
 * @throws OptionError for no images or an unknown option; UnsupportedOpError for a model that is quantized already; ShapeError for
 * one that takes no images, and for an image whose fields contradict each other; else what `createSession` throws
 */
export async function quantize(model: Model, images: Images, options: QuantizeOptions): Promise<QuantizedModel> {
  const choices = checkOptions(options)
  const { backends, signal, heldOut, preprocessing, prepare, onProgress = () => {} } = options
  const runner = { backends, ...(signal && { signal }) }
  const reader = imageReader(model, { ...(preprocessing && { preprocessing }), ...(prepare && { prepare }) })
  const network = floatNetwork(model, reader.normalization)
  const bytes = await readImages(images, reader, counter('reading', onProgress))
  const search = new Search(network, bytes, { ...choices, onProgress }, runner)
  const { best, report } = await search.run()
  const answers = answersOf(network.graph).map(id => ({
    real: nameOf(network, id),
    stored: best.names.get(id) as string,
  }))
  const compared =
    heldOut === undefined
      ? null
      : await compareAnswers(model, best, answers, heldOut, reader, runner, counter('comparing', onProgress))
  const stored = { graph: best.graph, params: best.params }
  const { bytes: input } = search.input
  const metadata = {
    ...model.metadata,
    preprocessing: { ...reader.preprocessing, normalization: normalizationOf(search.input, reader.normalization) },
    inputQuantization: { [network.input.name]: input.quantization },
  }
  return {
    model: { ...stored, metadata },
    report: { ...report, heldOut: compared, bytes: { real: bytesOf(model), stored: bytesOf(stored) } },
  }
}

/** What the integers of the input stand for: the network reorders channels itself, and scales each by its own numbers. */
function normalizationOf({ shift, bytes }: ByteInput, normalization: Normalization): Normalization {
  if (shift === null) return 'raw'
  const { scale, zeroPoint } = bytes.quantization
  return normalization === 'signed' || normalization === 'unit' ? normalization : { mean: zeroPoint, std: 1 / scale }
}

const nameOf = ({ graph }: FloatNetwork, id: NodeId): string => nodeIndex(graph).get(id)?.name as string

function bytesOf({ params }: Pick<Model, 'params'>): number {
  return [...params.values()].reduce((sum, { data, dtype }) => sum + data.length * bytesPerElement(dtype), 0)
}

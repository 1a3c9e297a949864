import type { Model, NodeId, Preprocessing, RunOptions, Session } from '@depthwise/core'
import { elementCount, nodeIndex } from '@depthwise/core/backend'
import type { PixelSource } from '../pixels/index.ts'
import { endInFeatures } from './graph-ends.ts'
import { type ImageOptions, openImageSession } from './image-session.ts'

/** Where an embedder runs, how it sees images, and what of the network it returns. */
export interface EmbedderOptions extends ImageOptions {
  /** Name of the node whose values are the embedding. Default: what the classifier reads. */
  readonly features?: string
}

/** A network without its classifier: images to points of the unit sphere, alike ones close together. */
export interface Embedder extends AsyncDisposable {
  readonly session: Session
  readonly preprocessing: Preprocessing
  /** The fields of `preprocessing` that neither caller nor file named, and that are therefore a guess. */
  readonly assumed: readonly (keyof Preprocessing)[]
  /** Length of an embedding. */
  readonly dimensions: number
  /**
   * Features of length 1 (L2): the dot product of two is the cosine of their angle. An image without any feature stays 0.
   * @throws ShapeError for an image that is none, DisposedError after disposal
   */
  embed(image: PixelSource, options?: RunOptions): Promise<Float32Array>
  /** Frees everything once pending images are answered. */
  dispose(): Promise<void>
}

/**
 * Makes an embedder of a classifier's model, or of an extractor's.
 *
 * ```ts
 * await using embedder = await createEmbedder(model, { backends: [reference()] })
 * const point = await embedder.embed({ width, height, channels: 4, data })
 * ```
 * @throws ShapeError for a graph that takes no image or has several outputs; OptionError when no node has the name of
 * `features`; else what `createSession` throws
 */
export async function createEmbedder(model: Model, options: EmbedderOptions): Promise<Embedder> {
  if (model.tail && options?.features === undefined) (await import('./refuse-tail.ts')).refuseTail(model)
  const graph = endInFeatures(model.graph, options?.features)
  const output = nodeIndex(graph).get(graph.outputs[0] as NodeId)
  const { session, settled, look } = await openImageSession(graph, model, options)
  const dispose = (): Promise<void> => session.dispose()
  return {
    session,
    ...settled,
    dimensions: elementCount(output?.shape.slice(1) ?? []),
    embed: async (image, run) => toUnitLength(await look(image, run)),
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}

/** In place; the sum of squares is float64. */
function toUnitLength(values: Float32Array): Float32Array {
  let squares = 0
  for (const value of values) squares += value * value
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * scale
  return values
}

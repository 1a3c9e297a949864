import {
  type Backend,
  createSession,
  type Graph,
  type Model,
  OptionError,
  type Outputs,
  type Preprocessing,
  type Registry,
  type RunOptions,
  type Session,
  type Signal,
  type Tensor,
} from '@depthwise/core'
import { type Size2, show } from '@depthwise/core/backend'
import { checkImage } from '../pixels/image.ts'
import { type Affine, normalizationAffine, type PixelImage, type PixelSource } from '../pixels/index.ts'
import { type ImageInput, imageInput, plainValues } from './image-input.ts'
import { type SettledPreprocessing, settlePreprocessing } from './preprocessing.ts'

/** What classifier and embedder have in common. */
export interface ImageOptions {
  /** In order of preference; the first that works is used. */
  readonly backends: readonly Backend[]
  /** Where `session.use(name)` looks for backends that are not in the list. */
  readonly registry?: Registry
  /** Goes before what the model's file says, field by field. */
  readonly preprocessing?: Partial<Preprocessing>
  /**
   * What is done to each image first: `isolateDrawing` of `@depthwise/models/drawing` for networks whose crop is `drawing`,
   * which are refused without. It is given the `[height, width]` of the network's input.
   */
  readonly prepare?: (image: PixelImage, size: Size2) => PixelImage
  /** Ends the compilation. */
  readonly signal?: Signal
}

/** A compiled network that looks at images, one at a time. */
export interface PixelSession {
  readonly session: Session
  readonly settled: SettledPreprocessing
  readonly input: ImageInput
  /** @throws ShapeError for an image whose fields contradict each other, DisposedError after disposal */
  run(image: PixelSource, options?: RunOptions): Promise<Outputs>
}

/** A network with one output, as a list of numbers. */
export interface ImageSession extends Pick<PixelSession, 'session' | 'settled'> {
  /** @throws as `run` */
  look(image: PixelSource, options?: RunOptions): Promise<Float32Array>
}

/**
 * Compiles a graph, a model's own or one made of it, whose only output is reals.
 * @throws as `openPixelSession`
 */
export async function openImageSession(graph: Graph, model: Model, options: ImageOptions): Promise<ImageSession> {
  const { session, settled, run } = await openPixelSession(graph, model, options)
  const look: ImageSession['look'] = async (image, runOptions) => {
    const [output] = Object.values(await run(image, runOptions)) as [Tensor<'float32'>]
    return output.data
  }
  return { session, settled, look }
}

/**
 * Compiles a graph, a model's own or one made of it.
 * @throws ShapeError for a graph that takes no images; OptionError for preprocessing that is unknown or contradicts it;
 * else what `createSession` throws
 */
export async function openPixelSession(graph: Graph, model: Model, options: ImageOptions): Promise<PixelSession> {
  // Without options, `createSession` says what is missing.
  const { backends, registry, signal, preprocessing: asked, ...given } = options ?? ({} as ImageOptions)
  const input = imageInput(graph)
  const settled = settle(input, model, asked)
  const { preprocessing } = settled
  const prepare = given.prepare ?? (await preparationOf(preprocessing))
  // What was prepared has the size already.
  const seen = prepare ? { ...preprocessing, crop: 'squeeze' as const } : preprocessing
  // How pixels become the integers of a quantized input is loaded for those alone.
  const valuesOf = input.quantization ? (await import('./image-values.ts')).imageValues : plainValues
  // One black pixel, so that a name nobody knows is refused here and not at the first image.
  valuesOf({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) }, input, seen)
  const session = await createSession(graph, model.params, {
    backends,
    batch: 1,
    ...(registry && { registry }),
    ...(signal && { signal }),
  })
  return {
    session,
    settled,
    input,
    async run(image, run) {
      const values = valuesOf(prepare ? prepare(checkImage(image), input.size) : image, input, seen)
      return session.run({ [input.name]: values }, run)
    },
  }
}

/** Few networks are letterboxed; the others do not load how. */
async function preparationOf({ crop, resampling }: Preprocessing): Promise<ImageOptions['prepare']> {
  if (crop !== 'letterbox') return undefined
  const { letterbox } = await import('../heads/letterbox.ts')
  return (image, size) => letterbox(image, size, resampling)
}

/** A graph that takes plain bytes normalises them itself, whatever its file says of reals; their order is not part of that. */
function settle(input: ImageInput, { metadata }: Model, given: Partial<Preprocessing> = {}) {
  const { dtype, quantization, name, channels } = input
  if (dtype === 'float32' || quantization) return settlePreprocessing(given, metadata)
  const { normalization: asked } = given
  if (asked !== undefined && !changesNothing(normalizationAffine(asked, channels))) {
    const expected = `raw, since input "${name}" takes bytes and the graph normalises them`
    throw new OptionError({ where: 'option preprocessing.normalization', expected, found: show(asked) })
  }
  const stated = asked ?? metadata.preprocessing?.normalization
  const isReversed = typeof stated === 'object' && stated.order === 'bgr'
  const normalization = isReversed ? ({ mean: 0, std: 1, order: 'bgr' } as const) : 'raw'
  return settlePreprocessing({ ...given, normalization }, metadata)
}

const changesNothing = ({ scale, offset }: Affine): boolean =>
  scale.every(each => each === 1) && offset.every(each => each === 0)

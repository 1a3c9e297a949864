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
  type SessionOptions,
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
   * What is done to each image first: `isolateDrawing` of `@depthwise/models/drawing` for networks whose crop is `drawing`, and
   * `letterbox` of `@depthwise/models/heads` for `letterbox`, which are refused without. It is given the `[height, width]` of the network's input.
   */
  readonly prepare?: (image: PixelImage, size: Size2) => PixelImage
  /** Ends the compilation. */
  readonly signal?: Signal
}

/** A compiled network that looks at images, one at a time. */
export interface ImageSession {
  readonly session: Session
  readonly settled: SettledPreprocessing
  /** @throws ShapeError for an image whose fields contradict each other, DisposedError after disposal */
  run(image: PixelSource, options?: RunOptions): Promise<Outputs>
  /** As `run`, for a graph whose only output is a list of reals. */
  look(image: PixelSource, options?: RunOptions): Promise<Float32Array>
}

/** Of graphs that a model's tail follows, also that. */
export type ImageSessionOptions = ImageOptions & Pick<SessionOptions, 'tail'>

/**
 * Compiles a graph, a model's own or one made of it.
 * @throws ShapeError for a graph that takes no images; OptionError for preprocessing that is unknown or contradicts it;
 * else what `createSession` throws
 */
export async function openImageSession(
  graph: Graph,
  model: Model,
  options: ImageSessionOptions,
): Promise<ImageSession> {
  // Without options, `createSession` says what is missing.
  const { prepare, preprocessing: asked, ...session } = options ?? ({} as ImageSessionOptions)
  const input = imageInput(graph)
  const settled = settle(input, model, asked)
  const { preprocessing } = settled
  // What was prepared has the size already.
  const seen = prepare ? { ...preprocessing, crop: 'squeeze' as const } : preprocessing
  // How pixels become the integers of a quantized input is loaded for those alone.
  const valuesOf = input.quantization ? (await import('./image-values.ts')).imageValues : plainValues
  // One black pixel, so that a name nobody knows is refused here and not at the first image.
  valuesOf({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) }, input, seen)
  const opened = await createSession(graph, model.params, { ...session, batch: 1 })
  const run: ImageSession['run'] = async (image, runOptions) => {
    const values = valuesOf(prepare ? prepare(checkImage(image), input.size) : image, input, seen)
    return opened.run({ [input.name]: values }, runOptions)
  }
  return {
    session: opened,
    settled,
    run,
    async look(image, runOptions) {
      const [output] = Object.values(await run(image, runOptions)) as [Tensor<'float32'>]
      return output.data
    },
  }
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

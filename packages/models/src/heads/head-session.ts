import {
  type Crop,
  dequantized,
  type Model,
  type Outputs,
  type Preprocessing,
  type Resampling,
  type RunOptions,
  type Session,
  type Tensor,
} from '@depthwise/core'
import { type ImageInput, imageInput } from '../inference/image-input.ts'
import { type ImageOptions, type ImageSessionOptions, openImageSession } from '../inference/image-session.ts'
import { viewOf } from '../pixels/crop.ts'
import { checkImage } from '../pixels/image.ts'
import type { PixelSource } from '../pixels/index.ts'
import { resizeView } from '../pixels/resize.ts'
import { type Head, usualPreprocessing } from './head.ts'
import { type ImageWindow, windowOf } from './image-window.ts'
import { letterbox } from './letterbox.ts'
import { headGraph } from './output-values.ts'

/** A network's outputs for an image, and where on the image its input lies. */
export interface Look {
  readonly outputs: Outputs
  /** Size of the image, in pixels. */
  readonly width: number
  readonly height: number
  readonly window: ImageWindow
}

/** What detectors, segmenters and keypoint detectors have in common. */
export interface ImageTask extends AsyncDisposable {
  /** Where it runs: `session.backend`, `session.use(name)`, `session.profile`. */
  readonly session: Session
  readonly preprocessing: Preprocessing
  /** The fields of `preprocessing` that neither caller nor file named: how such networks are usually trained. */
  readonly assumed: readonly (keyof Preprocessing)[]
  /** Frees everything once pending images are answered. */
  dispose(): Promise<void>
}

/** A compiled network whose outputs are not one list of numbers. */
export interface HeadSession {
  /** What every task returns of it. */
  readonly task: ImageTask
  readonly input: ImageInput
  look(image: PixelSource, options?: RunOptions): Promise<Look>
}

type Prepare = NonNullable<ImageOptions['prepare']>

const bilinear: Resampling = { filter: 'bilinear', antialias: true }

const boxedWith =
  (resampling: Resampling): Prepare =>
  (image, size) =>
    letterbox(image, size, resampling)

/** Bytes of an image resized without antialias, halves to the even ones, as Python and C round what their networks are fed. */
const croppedWith =
  (crop: Crop, resampling: Resampling): Prepare =>
  (image, size) => {
    const view = viewOf(crop, [image.height, image.width], size)
    const data = Uint8ClampedArray.from(resizeView(image, view, resampling))
    return { height: size[0], width: size[1], channels: 3, data }
  }

/** A tail gives integers where its file has them. */
const inReals = (value: Tensor): Tensor => (value.quantization ? dequantized(value) : value)

const fields = ['crop', 'resampling', 'normalization'] as const

/** @throws as `createClassifier`, but for networks without classes */
export async function openHeadSession(model: Model, head: Head, options: ImageOptions): Promise<HeadSession> {
  const graph = headGraph(model)
  const input = imageInput(graph)
  const usual = usualPreprocessing(head)
  const stated = { ...model.metadata.preprocessing, ...options?.preprocessing }
  const metadata = { ...model.metadata, preprocessing: { ...usual, ...model.metadata.preprocessing } }
  const seen = { ...model, metadata }
  const { crop = usual.crop ?? 'squeeze' } = stated
  const isPrepared = options?.prepare !== undefined
  const { resampling = usual.resampling ?? bilinear } = stated
  const isBytes = input.dtype !== 'float32' && !resampling.antialias
  const prepare =
    crop === 'letterbox' ? boxedWith(resampling) : isBytes && crop !== 'drawing' ? croppedWith(crop, resampling) : null
  const complete: ImageSessionOptions = {
    ...options,
    ...(prepare && !isPrepared && { prepare }),
    ...(model.tail && { tail: model.tail }),
  }
  // What a crop of no name throws, it throws here and not at the first image.
  if (!isPrepared) windowOf(crop, [1, 1], input.size)
  const { session, settled, run } = await openImageSession(graph, seen, complete)
  const { preprocessing, assumed } = settled
  // What the graph settles itself is no assumption.
  const isSettled = (field: keyof Preprocessing): boolean =>
    stated[field] !== undefined || !(assumed.includes(field) || preprocessing[field] === usual[field])
  const dispose = (): Promise<void> => session.dispose()
  return {
    task: {
      session,
      preprocessing,
      assumed: fields.filter(field => !isSettled(field)),
      dispose,
      [Symbol.asyncDispose]: dispose,
    },
    input,
    async look(source, runOptions) {
      const image = checkImage(source)
      const { width, height } = image
      // Where a caller's own preparation looks is not known: the whole image, as far as it shows.
      const window = windowOf(isPrepared ? 'squeeze' : preprocessing.crop, [height, width], input.size)
      const outputs = Object.entries(await run(image, runOptions)).map(([name, value]) => [name, inReals(value)])
      return { outputs: Object.fromEntries(outputs) as Outputs, width, height, window }
    },
  }
}

import type { Executable, Inputs, Outputs, Resampling, RunOptions, TensorLike } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { GpuBuffer, GpuTexture } from './gpu/types.ts'
import type { GpuLayerTiming } from './timing.ts'

/** Whole pixels, from the top left corner. */
export interface PixelRectangle {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** `source` is scaled to `scaled` (`[height, width]`), and of that `window` is the input. */
export interface View {
  readonly source: PixelRectangle
  readonly scaled: Size2
  readonly window: PixelRectangle
}

/**
 * What `copyExternalImageToTexture` takes: `HTMLImageElement`, `HTMLVideoElement`, `VideoFrame`, `ImageBitmap`, `ImageData`,
 * canvases. Elements are read at their natural size, whatever their size on the page.
 */
export type ExternalImage =
  | { readonly naturalWidth: number; readonly naturalHeight: number }
  | { readonly width: number; readonly height: number }
  | { readonly displayWidth: number; readonly displayHeight: number }
  | { readonly videoWidth: number; readonly videoHeight: number }

/**
 * A picture that is cropped, resized and normalised on the device, as `preprocess` of the package models does on the host:
 * `view` is what its `viewOf(crop, [height, width], size)` returns, `affine` its `normalizationAffine(normalization)`.
 *
 * ```ts
 * const picture = { source: img, view: size => viewOf('torch', size, [224, 224]), resampling, affine }
 * ```
 */
export interface Picture {
  /** An image of the host's, read before the call returns; or a texture of the device's, of a format that holds floats. */
  readonly source: ExternalImage | GpuTexture
  /** Or a function that is given the size of the image's own pixels, as `[height, width]`. */
  readonly view: View | ((size: Size2) => View)
  readonly resampling: Resampling
  /** `byte * scale + offset`, by channel of the input, whose first is the byte of red, or of blue where `order` is `bgr`. */
  readonly affine: {
    readonly scale: readonly number[]
    readonly offset: readonly number[]
    readonly order?: 'rgb' | 'bgr'
  }
}

/**
 * Row-major float32 on the device, in the shape of the input or output: a buffer with the usage `STORAGE`, `offset` a
 * multiple of 256. Leave it alone until the run is answered. Quantized values cross as tensors only.
 */
export interface DeviceValue {
  readonly buffer: GpuBuffer
  /** Bytes; default 0. */
  readonly offset?: number
}

/** A list of pictures is a batch. */
export type DeviceInput = TensorLike | Picture | readonly Picture[] | DeviceValue

/** Options of `runOnDevice`. */
export interface DeviceRunOptions extends RunOptions {
  /** Outputs that stay on the device, by name: they are written there and not read back. */
  readonly outputs?: Readonly<Record<string, DeviceValue>>
}

/** An executable that also takes what is on the device, and tells of its launches. */
export interface RunsOnDevice extends Executable {
  /**
   * Like `run`, with inputs and outputs that need not leave the device. Outputs named in the options are missing from the
   * answer.
   * @throws ShapeError or GraphError for values that do not fit, KernelError for ones the device refuses
   */
  runOnDevice(inputs: Readonly<Record<string, DeviceInput>>, options?: DeviceRunOptions): Promise<Outputs>
  /** Runs once and tells where the device's time went, launch by launch, with the MACs and bytes of each. */
  profile(inputs: Inputs): Promise<readonly GpuLayerTiming[]>
}

import type { Size2 } from '@depthwise/core/backend'
import type { ArithmeticName } from '@depthwise/formats'

/** What networks of bare weights are built at where nothing states their size: what most of them were trained at. */
export const usualSize: Size2 = [224, 224]

/** Sizes for files that leave theirs open. */
export interface SizeOptions {
  /** `[height, width]` that the caller asks for. */
  readonly size?: Size2 | undefined
  /** `[height, width]` where `size` is not given: that of the tensor to run, for instance. */
  readonly fallbackSize?: Size2 | undefined
  /** What errors call the option that gives the size, and how it is written. */
  readonly sizeOption?: SizeOption
}

/** How a checkpoint is read where its file leaves a choice. */
export interface ReadCheckpointOptions extends SizeOptions {
  /**
   * What becomes of values that TFLite and ONNX files store as integers. `real`: reals, which every backend computes. `integer`:
   * the integers that they are. Default: the reader's. Files of other formats are read one way only.
   */
  readonly arithmetic?: ArithmeticName | undefined
  /** Whether nodes of a TFLite file have the whole names of its tensors, as `readTFLite` says. */
  readonly wholeNames?: boolean
}

/** An option as errors refer to it. */
export interface SizeOption {
  readonly name: string
  readonly form: string
}

export const librarySizeOption: SizeOption = { name: 'option size', form: 'option size: [height, width]' }

import { type Backend, OptionError, type Preprocessing, type Signal } from '@depthwise/core'
import { type Size2, show } from '@depthwise/core/backend'
import type { PixelImage } from '../pixels/index.ts'
import type { OutputElements } from './emit.ts'
import type { Images } from './images.ts'
import type { QuantizationProgress } from './progress.ts'
import { type RangeMethod, rangeMethods } from './ranges.ts'

/** How a network is quantized. */
export interface QuantizeOptions {
  /**
   * Where both networks run, the real one and those on integers: for each, the first of the list that can. A backend of reals
   * alone needs another behind it, such as `reference()`.
   */
  readonly backends: readonly Backend[]
  /** Images that are not calibrated on; the answers to them are compared. */
  readonly heldOut?: Images
  /** Goes before what the model's file says, field by field. */
  readonly preprocessing?: Partial<Preprocessing>
  /** What is done to each image first: `isolateDrawing` of `@depthwise/models/drawing` for networks whose crop is `drawing`. */
  readonly prepare?: (image: PixelImage, size: Size2) => PixelImage
  /** How ranges are chosen. Default `auto`: by whichever method gives the answers with the least noise. */
  readonly ranges?: RangeMethod | 'auto'
  /** Default `auto`: where it lessens the noise of the answers. */
  readonly equalization?: boolean | 'auto'
  /** Default `auto`, likewise. */
  readonly biasCorrection?: boolean | 'auto'
  /** Whether weights are rounded so that sums vary as the real ones do, in place of each to the nearest. Default `auto`. */
  readonly rounding?: boolean | 'auto'
  /** How many calibration images choices are measured on, evenly spread over all of them. Default 8. */
  readonly trials?: number
  /** What outputs of the result are. Default `uint8`. */
  readonly output?: OutputElements
  readonly onProgress?: (progress: QuantizationProgress) => void
  readonly signal?: Signal
}

/** The options that choose, all of them said. */
export interface Choices {
  readonly ranges: RangeMethod | 'auto'
  readonly equalization: boolean | 'auto'
  readonly biasCorrection: boolean | 'auto'
  readonly rounding: boolean | 'auto'
  readonly trials: number
  readonly output: OutputElements
}

/** @throws OptionError for a value that is none */
export function checkOptions(options: QuantizeOptions): Choices {
  const {
    ranges = 'auto',
    equalization = 'auto',
    biasCorrection = 'auto',
    rounding = 'auto',
    trials = 8,
    output = 'uint8',
  } = options ?? {}
  const oneOf = (where: string, value: unknown, known: readonly unknown[]): void => {
    if (!known.includes(value)) {
      throw new OptionError({ where: `option ${where}`, expected: known.join(', '), found: show(value) })
    }
  }
  oneOf('ranges', ranges, ['auto', ...rangeMethods])
  oneOf('equalization', equalization, ['auto', true, false])
  oneOf('biasCorrection', biasCorrection, ['auto', true, false])
  oneOf('rounding', rounding, ['auto', true, false])
  oneOf('output', output, ['uint8', 'float32'])
  if (!Number.isInteger(trials) || trials < 1) {
    throw new OptionError({ where: 'option trials', expected: 'an integer of at least 1', found: show(trials) })
  }
  return { ranges, equalization, biasCorrection, rounding, trials, output }
}

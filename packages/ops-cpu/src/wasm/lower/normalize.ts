import type { AffineOp } from '@depthwise/core/backend'
import { affineKernel, normalizeKernel } from '../kernels/elementwise.ts'
import { type Layout, pixelBytes } from '../plan/layout.ts'
import { type Lowered, packAffine, type Site, type Target } from './lowering.ts'

/**
 * Whether pixels start at whole vectors. Stored values and float inputs with other readers do, and are read by vectors;
 * bytes and dense float inputs are read element by element.
 */
const inVectors = ({ dtype, step }: Layout): boolean => dtype === 'float32' && step % 4 === 0

/** Floats from pixel to pixel of a normalised row in front of a convolution: no more than the image has. */
export const normalizedStep = (image: Layout): number => (inVectors(image) ? image.step : image.channels)

/** Writes a record that normalises neighbouring pixels of an image, wherever they go. */
export type RecordNormalized = (thread: number, input: number, output: number, pixels: number) => void

/** `outputStep`, in floats, is free where the image is read element by element. */
export function normalizer(
  target: Target,
  { scale, offset }: AffineOp,
  image: Layout,
  outputStep: number = normalizedStep(image),
): RecordNormalized {
  const { program, constants } = target
  const { channels, dtype } = image
  if (inVectors(image)) {
    const factors = packAffine(constants, ['normalize in vectors', scale, offset], channels, c => [
      scale[c] as number,
      offset[c] as number,
    ])
    const vectors = image.step / 4
    return (thread, input, output, columns) =>
      program.record(thread, affineKernel, { input, output, columns, vectors, factors })
  }
  const kernel = normalizeKernel(dtype)
  const factors = constants.reserve(['normalize', scale, offset], 2 * channels, memory => {
    scale.forEach((factor, c) => {
      memory[2 * c] = factor
      memory[2 * c + 1] = offset[c] as number
    })
  })
  return (thread, input, output, pixels) =>
    program.record(thread, kernel, { input, output, pixels, channels, outputStep: 4 * outputStep, factors })
}

/** A normalisation on its own, shared out by pixels. */
export function lowerNormalize({ inputs, output }: Site, op: AffineOp): Lowered {
  const image = inputs[0] as Layout
  return {
    kernel: `normalize ${image.dtype}`,
    scratchBytes: 0,
    emit(target, places) {
      const record = normalizer(target, op, image, output.step)
      const [from, to] = [places.inputs[0] as number, places.output]
      const inputBytes = image.bytes / image.pixels
      target.program.share(image.pixels, 1, (thread, first, last) =>
        record(thread, from + first * inputBytes, to + first * pixelBytes(output), last - first),
      )
    },
  }
}

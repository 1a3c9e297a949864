import { type Model, OptionError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { PixelImage } from '@depthwise/models'
import {
  formatQuantizationReport,
  type QuantizeOptions as LibraryOptions,
  type QuantizationReport,
  quantize,
} from '@depthwise/models/quantize'
import { type NamedImage, readNamedImage } from 'depthwise/node'
import { registry } from '../backends.ts'
import { loadCheckpoint } from '../checkpoint/load.ts'
import { noteWithoutTail } from '../checkpoint/tail.ts'
import { exitDone } from '../failure.ts'
import type { ImageOptions } from '../image-network.ts'
import { preparationOf } from '../image-network.ts'
import { findImages } from '../images.ts'
import { notePreprocessing, preprocessingOf } from '../preprocessing.ts'
import { startProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'
import { bytes } from '../words.ts'
import { encoders } from '../write/encoders.ts'
import { quantizedTargets, type Target, targetOf } from '../write/targets.ts'
import { checkWritable, type WriteOptions, writeWhole } from '../write-files.ts'

/** Whether something is done where it helps, always, or never. */
type When = 'auto' | 'on' | 'off'

export interface QuantizeOptions extends WriteOptions, Pick<ImageOptions, 'crop' | 'normalize'> {
  readonly images: readonly string[]
  readonly heldOut?: readonly string[]
  readonly output: string
  readonly to?: (typeof quantizedTargets)[number]
  readonly ranges: NonNullable<LibraryOptions['ranges']>
  readonly equalization: When
  readonly biasCorrection: When
  readonly rounding: When
  readonly trials: number
  readonly resolution?: Size2
  readonly json?: boolean
}

/** From so many images on, one of `heldOutEvery` is kept for comparing answers. */
const fewestToHoldOut = 10
const heldOutEvery = 5

/**
 * `depthwise quantize`: a network of reals as one of integers, by the ranges that its values take on images; the report says what was
 * done and how near the answers are.
 * @returns the exit code
 * @throws OptionError for a format without integers; else what `quantize` of the models throws
 */
export async function quantizeNetwork(
  paths: readonly string[],
  options: QuantizeOptions,
  terminal: Terminal,
): Promise<number> {
  const target = targetOf(options.output, options.to)
  if (target === 'safetensors') {
    throw new OptionError({ where: '--output', expected: `a file of ${quantizedTargets.join(', ')}`, found: target })
  }
  await checkWritable(options.output, options)
  const { model } = await loadCheckpoint(paths, { size: options.resolution, arithmetic: 'real' }, terminal)
  const found = await findImages(options.images, terminal)
  const others = options.heldOut ? await findImages(options.heldOut, terminal) : null
  if (found.images.length === 0 || others?.images.length === 0) return others?.code ?? found.code
  const { calibration, heldOut } = others ? { calibration: found.images, heldOut: others.images } : shared(found.images)
  const resolved = preprocessingOf(model, options)
  notePreprocessing(resolved, terminal)
  const { prepare, preprocessing } = await preparationOf(resolved.preprocessing)
  const alpha = preprocessing.crop === 'drawing'
  // Two runs on each image for each of two networks, and seven networks on those that choices are measured on.
  const steps = 5 * calibration.length + 7 * Math.min(options.trials, calibration.length) + heldOut.length
  const progress = await startProgress(steps, terminal, 'runs')
  try {
    const { model: quantized, report } = await quantize(model, decoded(calibration, alpha), {
      backends: await Promise.all(['wasm', 'reference'].map(name => registry.create(name))),
      preprocessing,
      ...(prepare && { prepare }),
      ...(heldOut.length > 0 && { heldOut: decoded(heldOut, alpha) }),
      ranges: options.ranges,
      equalization: choiceOf[options.equalization],
      biasCorrection: choiceOf[options.biasCorrection],
      rounding: choiceOf[options.rounding],
      trials: options.trials,
      onProgress: () => progress.step(),
    })
    await write(quantized, target, report, options, terminal)
    noteWithoutTail(model, terminal)
  } finally {
    progress.stop()
  }
  return found.code === exitDone ? (others?.code ?? exitDone) : found.code
}

const choiceOf = { auto: 'auto', on: true, off: false } as const satisfies Readonly<Record<When, boolean | 'auto'>>

async function write(
  model: Model,
  target: Target,
  report: QuantizationReport,
  { output, json }: QuantizeOptions,
  terminal: Terminal,
): Promise<void> {
  const { file } = encoders[target](model, {})
  await writeWhole(output, file)
  await terminal.print(json ? JSON.stringify(report) : formatQuantizationReport(report))
  terminal.note(`wrote ${output}: ${target}, ${bytes(file.length)}`)
}

/** Images to calibrate on, and those that are kept to compare answers on. */
function shared(images: readonly NamedImage[]): {
  readonly calibration: readonly NamedImage[]
  readonly heldOut: readonly NamedImage[]
} {
  if (images.length < fewestToHoldOut) return { calibration: images, heldOut: [] }
  const isHeldOut = (_: NamedImage, index: number): boolean => index % heldOutEvery === heldOutEvery - 1
  return {
    calibration: images.filter((image, index) => !isHeldOut(image, index)),
    heldOut: images.filter(isHeldOut),
  }
}

/** One image after another, so that only one is decoded at a time. */
async function* decoded(images: readonly NamedImage[], alpha: boolean): AsyncGenerator<PixelImage> {
  for (const image of images) yield await readNamedImage(image, { alpha })
}

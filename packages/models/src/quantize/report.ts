import type { ElementType } from '@depthwise/core'
import { formatElements } from '@depthwise/core/backend'
import type { RangeMethod } from './ranges.ts'

/** Whether something was done to a network, and what the answers were like without and with it, in dB. */
export interface QuantizationChoice {
  readonly applied: boolean
  /** Signal to noise of the answers; null where there was nothing to do, or the caller had decided. */
  readonly decibels: { readonly without: number; readonly with: number } | null
}

/** How near the values of one node are to those of the real network. */
export interface LayerQuality {
  readonly name: string
  /** What it computes: `conv2d`, `add`. */
  readonly op: string
  readonly elements: ElementType
  /** Signal to noise in dB; infinite where every value is the same. */
  readonly decibels: number
}

/** How the answers to images that were not calibrated on compare. */
export interface AnswerQuality {
  readonly images: number
  /** Images whose best class is that of the real network. */
  readonly sameBest: number
  /** Cosine of the angle between the answers in front of the softmax, of both networks. */
  readonly meanCosine: number
  readonly minCosine: number
  /** Signal to noise of the same answers, over all images, in dB. */
  readonly decibels: number
}

/** What `quantize` did, and how near the result is to the network it was made of. */
export interface QuantizationReport {
  /** How many images were calibrated on, on how many choices were measured, and whether those are others. */
  readonly images: { readonly calibration: number; readonly trial: number; readonly isApart: boolean }
  /** The method whose ranges were taken, and what each that was tried gives, in dB of the answers. */
  readonly ranges: { readonly method: RangeMethod; readonly decibels: Readonly<Partial<Record<RangeMethod, number>>> }
  readonly equalization: QuantizationChoice & {
    /** Pairs of products with a ReLU between them whose channels can be scaled. */
    readonly pairs: number
    /** Of these, how many had a clamp that no image reached, which equalization replaces by a ReLU. */
    readonly unclamped: number
    /** Pairs that are left as they are, since images reach the clamp between them. */
    readonly left: number
  }
  readonly biasCorrection: QuantizationChoice
  /** Of weights, by the covariance of what they multiply in place of each to the nearest integer. */
  readonly rounding: QuantizationChoice
  /** By node, in the order of the graph, on the images that choices were measured on. */
  readonly layers: readonly LayerQuality[]
  /** On images of their own; null where none were given. */
  readonly heldOut: AnswerQuality | null
  /** Bytes of all parameters, before and after. */
  readonly bytes: { readonly real: number; readonly stored: number }
}

const methodNames: Readonly<Record<RangeMethod, string>> = {
  minMax: 'min/max',
  percentile: 'percentile',
  mse: 'least squares',
}

/** The report as text: what was chosen and why, then a line for each layer. */
export function formatQuantizationReport(report: QuantizationReport): string {
  const { images, ranges, equalization, biasCorrection, rounding, layers, heldOut, bytes } = report
  const tried = Object.entries(ranges.decibels) as [RangeMethod, number][]
  const rows = layers.map(({ name, op, elements, decibels: each }) => [
    name,
    op,
    formatElements(elements),
    decibels(each),
  ])
  return [
    `Calibrated on ${counted(images.calibration, 'image')}; choices measured on ${images.trial}${images.isApart ? ' others' : ' of them'}.`,
    `Ranges: ${methodNames[ranges.method]}${tried.length > 0 ? ` (${tried.map(([method, each]) => `${methodNames[method]} ${decibels(each)}`).join(', ')})` : ''}`,
    `Bias correction: ${choiceText(biasCorrection)}`,
    `Rounding by covariance: ${choiceText(rounding)}`,
    `Equalization: ${choiceText(equalization)}; ${pairsText(equalization)}`,
    `Parameters: ${bytes.real} bytes became ${bytes.stored}`,
    ...(heldOut ? heldOutText(heldOut) : ['Held-out images: none']),
    '',
    ...aligned([['layer', 'op', 'stored as', 'signal to noise'], ...rows]),
  ].join('\n')
}

function choiceText({ applied, decibels: measured }: QuantizationChoice): string {
  const word = applied ? 'applied' : 'not applied'
  return measured ? `${word} (${decibels(measured.without)} without, ${decibels(measured.with)} with)` : word
}

function pairsText({ pairs, unclamped, left }: QuantizationReport['equalization']): string {
  return [
    `${counted(pairs, 'pair')} of layers`,
    ...(unclamped > 0 ? [`${unclamped} of them over a clamp that no image reaches, taken as ReLU`] : []),
    ...(left > 0 ? [`${left} left as they are, since images reach their clamp`] : []),
  ].join(', ')
}

function heldOutText({ images, sameBest, meanCosine, minCosine, decibels: answers }: AnswerQuality): readonly string[] {
  const share = `${((100 * sameBest) / images).toFixed(1)} %`
  return [
    `Held-out images: the same best class on ${sameBest} of ${images} (${share})`,
    `Answers: cosine ${meanCosine.toFixed(5)} on average, ${minCosine.toFixed(5)} at least; ${decibels(answers)}`,
  ]
}

const decibels = (value: number): string => (value === Infinity ? 'exact' : `${value.toFixed(1)} dB`)
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Columns of text, the last one set to the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const last = (rows[0] as readonly string[]).length - 1
  const widths = Array.from({ length: last + 1 }, (_, column) =>
    Math.max(...rows.map(row => (row[column] as string).length)),
  )
  const cell = (text: string, column: number): string =>
    column === last ? text.padStart(widths[column] as number) : text.padEnd(widths[column] as number)
  return rows.map(row => row.map(cell).join('  '))
}

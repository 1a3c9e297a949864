import { formatShape } from '@depthwise/core'
import { cost } from '@depthwise/cost'
import type { PixelImage, Prediction } from '@depthwise/models'
import { inputOf } from '../checkpoint/ends.ts'
import type { Checkpoint } from '../checkpoint/load.ts'
import { table } from '../table.ts'
import { bytes, grouped, milliseconds, percent } from '../words.ts'
import type { Absence, Showing } from './measure.ts'

const barLength = 30

/** What is about to run, and what it costs. */
export function describeNetwork({ model, parts }: Checkpoint, crop: string): string {
  const { macs, paramsBy, weightBytes } = cost(model.graph).total
  const [, height, width] = inputOf(model.graph).shape
  return [
    model.metadata.name ?? 'a network',
    ...parts.map(({ path }) => `  from ${path}`),
    `  ${grouped(macs)} MACs, ${grouped(paramsBy.total)} parameters, ${bytes(weightBytes)} as float32`,
    `  input ${formatShape([height ?? 1, width ?? 1])}, crop ${crop}`,
  ].join('\n')
}

/** What was seen on a picture, as bars. */
export function describePicture(
  path: string,
  { width, height }: PixelImage,
  predictions: readonly Prediction[],
): string {
  const rows = predictions.map(({ label, probability }) => {
    const bar = '█'.repeat(Math.round(probability * barLength)).padEnd(barLength, '·')
    return `  ${percent(probability).padStart(7)}  ${bar}  ${label}`
  })
  return [`${path}, ${width}x${height}`, ...rows].join('\n')
}

/** How long each backend took. */
export function describeTimes(results: readonly (Showing | Absence)[]): Promise<string> {
  return table({
    head: ['backend', 'compile', 'first run', 'then', ''],
    align: ['left', 'right', 'right', 'right', 'left'],
    rows: results.map(result =>
      'reason' in result
        ? [result.backend, '', '', '', result.reason]
        : [result.backend, ...[result.compile, result.first, result.then].map(milliseconds), ''],
    ),
  })
}

/** Largest difference of a probability between any backend and the first, which is the reference where it ran. */
export function largestDifference([first, ...others]: readonly Showing[]): number {
  let most = 0
  for (const { probabilities } of others) {
    for (const [picture, values] of probabilities.entries()) {
      const believed = first?.probabilities[picture] as Float32Array
      for (const [index, value] of values.entries())
        most = Math.max(most, Math.abs(value - (believed[index] as number)))
    }
  }
  return most
}

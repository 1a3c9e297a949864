import { formatShape } from '@depthwise/core/backend'
import { cost } from '@depthwise/cost'
import type { PixelImage, Prediction } from '@depthwise/models'
import { inputOf } from '../checkpoint/ends.ts'
import type { Checkpoint } from '../checkpoint/load.ts'
import { type TableOptions, table } from '../table.ts'
import type { Page } from '../terminal.ts'
import { bytes, grouped, milliseconds, percent } from '../words.ts'
import type { Absence, BackendResult, Times } from './measure.ts'
import { defaultName } from './sample.ts'

const barLength = 30

/** The network that is about to run, and its cost. */
export function describeNetwork({ model, parts }: Checkpoint, crop: string, page: Page): string {
  const { macs, paramsBy, weightBytes } = cost(model.graph).total
  const [, height, width] = inputOf(model.graph).shape
  return [
    page.style('bold', model.metadata.name ?? 'a network'),
    ...parts.map(({ path }) => (path === defaultName ? '  the built-in network' : `  from ${path}`)),
    `  ${grouped(macs)} MACs, ${grouped(paramsBy.total)} parameters, ${bytes(weightBytes)} of weights`,
    `  input ${formatShape([height ?? 1, width ?? 1])}, crop ${crop}`,
  ].join('\n')
}

/** The predictions for an image, as bars. */
export function describeImage(
  name: string,
  { width, height }: PixelImage,
  predictions: readonly Prediction[],
  page: Page,
): string {
  const rows = predictions.map(({ label, probability }) => {
    const bar = '█'.repeat(Math.round(probability * barLength)).padEnd(barLength, '·')
    return `  ${percent(probability).padStart(7)}  ${page.style('cyan', bar)}  ${label}`
  })
  return [`${page.style('bold', name)}, ${width}x${height}`, ...rows].join('\n')
}

/** How long the network takes on each backend; preprocessing is a line of its own, since no backend changes it. */
export async function describeTimes(
  preprocessing: Times & { readonly steps: string },
  results: readonly (BackendResult | Absence)[],
  page: Page,
): Promise<string> {
  const { first, warm, steps } = preprocessing
  const options: TableOptions = {
    head: ['network on', 'compile', 'first run', 'warm', 'not available'],
    align: ['left', 'right', 'right', 'right', 'left'],
    rows: results.map(result =>
      'reason' in result
        ? [result.backend, '', '', '', result.reason]
        : [result.backend, ...[result.compile, result.first, result.warm].map(milliseconds), ''],
    ),
  }
  const preparing = `preprocessing (${steps}): ${milliseconds(warm)}, first run ${milliseconds(first)}`
  return [preparing, await table(options, page)].join('\n')
}

/** Largest difference of a probability between any backend and the first, which is the reference where it ran. */
export function largestDifference([first, ...others]: readonly BackendResult[]): number {
  let max = 0
  for (const { probabilities } of others) {
    for (const [image, values] of probabilities.entries()) {
      const expected = first?.probabilities[image] as Float32Array
      for (const [index, value] of values.entries()) max = Math.max(max, Math.abs(value - (expected[index] as number)))
    }
  }
  return max
}

import { csvLine } from '../csv.ts'
import { type ImageOptions, openNetwork } from '../image-network.ts'
import { findImages } from '../images.ts'
import { runImages, titleOf } from '../run-images.ts'
import type { Terminal } from '../terminal.ts'
import { shortened } from '../words.ts'

export interface EmbedOptions extends ImageOptions {
  readonly jobs: number | 'auto'
}

/** How many values of an embedding are shown to people. */
const shown = 6

/**
 * `depthwise embed`: the features that a network finds in each image, as a vector of length 1.
 * @returns the exit code: 0 only if every image was embedded
 */
export async function embed(args: readonly string[], options: EmbedOptions, terminal: Terminal): Promise<number> {
  const found = await findImages(args, terminal)
  if (found.images.length === 0) return found.code
  const network = await openNetwork(options, terminal)
  let isHeadless = true
  return runImages(found, network, { ...options, output: 'embedding', labels: [] }, terminal, run => {
    const embedding = Array.from(run.values, shortened)
    if (options.csv) {
      const row = csvLine([run.name, ...embedding])
      if (!isHeadless) return row
      isHeadless = false
      return `${csvLine(['image', ...embedding.keys()])}\n${row}`
    }
    if (options.json) return JSON.stringify({ image: run.name, embedding })
    const head = embedding.slice(0, shown).map(value => value.toFixed(4))
    const rest = embedding.length > shown ? ', ...' : ''
    return `${titleOf(run, terminal)}\n  ${embedding.length} numbers: ${head.join(', ')}${rest}`
  })
}

import { now } from '@depthwise/core'
import { createEmbedder } from '@depthwise/models'
import { noteSkipped, registry } from '../backends.ts'
import { forEachImage } from '../images.ts'
import { openNetwork, type PictureOptions } from '../pictures.ts'
import { notePreprocessing } from '../preprocessing.ts'
import type { Terminal } from '../terminal.ts'
import { milliseconds, shortened } from '../words.ts'

/** How many numbers of an embedding a person gets to see. */
const shown = 6

/**
 * `depthwise embed`: the features a network sees in each picture, as a vector of length 1.
 * @returns the exit code
 */
export async function embed(images: readonly string[], options: PictureOptions, terminal: Terminal): Promise<number> {
  const { checkpoint, backends, resolved, sight } = await openNetwork(options, terminal)
  await using embedder = await createEmbedder(checkpoint.model, { backends, registry, ...sight })
  noteSkipped(embedder.session.skipped, terminal)
  notePreprocessing(resolved, terminal)
  // Awaited here: the network must outlive the last picture.
  return await forEachImage(
    images,
    terminal,
    async (image, pixels) => {
      const start = now()
      const embedding = Array.from(await embedder.embed(pixels), shortened)
      const spent = now() - start
      if (options.json) return terminal.print(JSON.stringify({ image, embedding }))
      const head = embedding.slice(0, shown).map(value => value.toFixed(4))
      const rest = embedding.length > shown ? ', ...' : ''
      const backend = embedder.session.backend
      return terminal.print(
        `${image} (${milliseconds(spent)} on ${backend})\n  ${embedding.length} numbers: ${head.join(', ')}${rest}`,
      )
    },
    { alpha: sight.prepare !== undefined },
  )
}

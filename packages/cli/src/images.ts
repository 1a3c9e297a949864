import type { PixelImage } from '@depthwise/models'
import { type DecodeOptions, readImageFile } from 'depthwise/node'
import { exitDone, exitFailed, report } from './failure.ts'
import { startProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/**
 * Does something with every picture, in order. The next one is decoded while one is worked on. One that cannot be read or
 * worked on is reported and does not stop the rest.
 * @returns the exit code: 0 only if every picture was done
 */
export async function forEachImage(
  paths: readonly string[],
  terminal: Terminal,
  work: (path: string, image: PixelImage) => Promise<void>,
  options: DecodeOptions = {},
): Promise<number> {
  const progress = await startProgress(paths.length, terminal)
  let code = exitDone
  let next = begin(paths[0], options)
  try {
    for (const [index, path] of paths.entries()) {
      const current = next
      next = begin(paths[index + 1], options)
      try {
        if (current) await work(path, await current)
      } catch (error) {
        report(error, terminal, path)
        code = exitFailed
      }
      progress.step()
    }
  } finally {
    progress.stop()
  }
  return code
}

/** Starts decoding. Its failure is heard of when the picture's turn comes, not before. */
function begin(path: string | undefined, options: DecodeOptions): Promise<PixelImage> | undefined {
  if (path === undefined) return undefined
  const image = readImageFile(path, options)
  image.catch(() => {})
  return image
}

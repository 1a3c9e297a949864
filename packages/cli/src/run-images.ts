import { BackendUnavailableError } from '@depthwise/core'
import { load } from 'depthwise'
import { type MeasuredJob, type MeasuredRun, measureImages } from 'depthwise/node'
import { noteSkipped, noteThreads, type Threads, threadCount } from './backends.ts'
import { exitFailed, report } from './failure.ts'
import { type ImageNetwork, jobsBeside } from './image-network.ts'
import type { FoundImages } from './images.ts'
import { notePreprocessing } from './preprocessing.ts'
import { startProgress } from './progress.ts'
import type { Page, Terminal } from './terminal.ts'
import { milliseconds } from './words.ts'

/** What is computed of each image, and on how much of the machine. */
export interface RunImagesOptions {
  readonly output: MeasuredJob['output']
  readonly labels: readonly string[]
  readonly jobs: number | 'auto'
  readonly threads?: Threads
}

/** A network's output for one image, and how long that took. */
export interface ImageRun extends MeasuredRun {
  readonly name: string
  readonly backend: string
}

/** `cat.png (12.1 ms, first run 31.4 ms, on wasm)`; without a warm figure `cat.png (1843 ms, first run, on wasm)`. */
export function titleOf({ name, backend, milliseconds: time, firstMilliseconds: first }: ImageRun, page: Page): string {
  const words = first === null ? '' : first === time ? ', first run,' : `, first run ${milliseconds(first)},`
  return `${page.style('bold', name)} (${milliseconds(time)}${words} on ${backend})`
}

/**
 * Runs a network on images and prints an answer for each, in order. An image that fails is reported and does not stop the rest.
 * @param answer the lines for one image
 * @returns the exit code: 0 only if every image was answered
 */
export async function runImages(
  { images, code: foundCode }: FoundImages,
  { checkpoint, backends, resolved }: ImageNetwork,
  { output, labels, jobs: asked, threads }: RunImagesOptions,
  terminal: Terminal,
  answer: (run: ImageRun) => string,
): Promise<number> {
  const jobs = jobsBeside(threadCount(threads), asked)
  await using net = await load(checkpoint.model, { backends, labels, preprocessing: resolved.preprocessing })
  const { backend, skipped } = net.info
  noteSkipped(skipped, terminal)
  if (threads !== undefined) await noteThreads(backends, backend, terminal)
  notePreprocessing(resolved, terminal)
  const progress = await startProgress(images.length, terminal)
  let code = foundCode
  try {
    for await (const { image, result, error } of measureImages(net, images, { output, backends, jobs })) {
      // A decoder that is not installed fails for every image.
      if (error instanceof BackendUnavailableError) throw error
      if (error) {
        report(error, terminal, image.name)
        code = exitFailed
      } else await terminal.print(answer({ ...result, name: image.name, backend }))
      progress.step()
    }
  } finally {
    progress.stop()
  }
  return code
}

import { type Backend, BackendUnavailableError, type Model, type Preprocessing } from '@depthwise/core'
import type { PixelImage } from '@depthwise/models'
import type { ImageTask } from '@depthwise/models/heads'
import { headSetupOf } from 'depthwise/checkpoint'
import { readNamedImage } from 'depthwise/node'
import { backendsFor, noteSkipped, noteThreads, registry } from '../backends.ts'
import { loadCheckpoint } from '../checkpoint/load.ts'
import { exitFailed, report } from '../failure.ts'
import type { ImageOptions } from '../image-network.ts'
import type { FoundImages } from '../images.ts'
import { readLabelLines } from '../labels.ts'
import { notePreprocessing, preprocessingOf } from '../preprocessing.ts'
import { startProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'
import type { WriteOptions } from '../write-files.ts'

/** What the commands that find boxes, masks and keypoints have in common. */
export interface TaskOptions extends Omit<ImageOptions, 'checkpoint' | 'csv'>, WriteOptions {
  readonly checkpoint: readonly string[]
  readonly labels?: string
  /** Where the image is drawn with what was found on it. */
  readonly draw?: string
}

/** What a task is made with. */
export interface TaskSetup {
  readonly backends: readonly Backend[]
  readonly registry: typeof registry
  readonly preprocessing: Preprocessing
  readonly labels?: readonly string[]
}

/**
 * Opens a network for a task, and says what was assumed of it.
 * @param create refuses networks that are for something else
 */
export async function openTask<T extends ImageTask>(
  options: TaskOptions,
  terminal: Terminal,
  create: (model: Model, setup: TaskSetup) => Promise<T>,
): Promise<T> {
  const backends = await backendsFor(options.backend, options.threads)
  const size = { size: options.resolution, arithmetic: options.arithmetic }
  const { model } = await loadCheckpoint(options.checkpoint, size, terminal)
  const head = await headSetupOf(model)
  const resolved = preprocessingOf(model, options, head?.usual)
  const given = options.labels === undefined ? undefined : await readLabelLines(options.labels)
  const labels = given ?? head?.labels ?? []
  const { preprocessing } = resolved
  const task = await create(model, { backends, registry, preprocessing, ...(labels.length > 0 && { labels }) })
  noteSkipped(task.session.skipped, terminal)
  if (options.threads !== undefined) await noteThreads(backends, task.session.backend, terminal)
  notePreprocessing(resolved, terminal)
  if (head?.isGuess && !given) {
    terminal.note(`assuming ${head.labelsOf}'s names of classes (--labels): the checkpoint does not state any`)
  }
  return task
}

/**
 * Answers each image, in order. One that fails is reported and does not stop the rest.
 * @param answer the lines for one image, the number of which is `at`
 * @returns the exit code: 0 only if every image was answered
 */
export async function answerEach(
  { images, code: foundCode }: FoundImages,
  terminal: Terminal,
  answer: (image: PixelImage, name: string, at: number) => Promise<string>,
): Promise<number> {
  const progress = await startProgress(images.length, terminal)
  let code = foundCode
  try {
    for (const [at, image] of images.entries()) {
      try {
        await terminal.print(await answer(await readNamedImage(image), image.name, at))
      } catch (error) {
        // A decoder that is not installed fails for every image.
        if (error instanceof BackendUnavailableError) throw error
        report(error, terminal, image.name)
        code = exitFailed
      }
      progress.step()
    }
  } finally {
    progress.stop()
  }
  return code
}

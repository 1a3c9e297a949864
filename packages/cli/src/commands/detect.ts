import { createDetector, type Detection } from '@depthwise/models/heads'
import { answerEach, openTask, type TaskOptions } from '../heads/open-task.ts'
import { outputPaths } from '../heads/output-paths.ts'
import { findImages } from '../images.ts'
import { table } from '../table.ts'
import type { Page, Terminal } from '../terminal.ts'
import { hundredths, percent, shortened } from '../words.ts'
import { writeWhole } from '../write-files.ts'

export interface DetectOptions extends TaskOptions {
  readonly threshold?: number
  readonly iou?: number
  readonly maxResults?: number
}

/**
 * `depthwise detect`: the objects on each image, with their boxes.
 * @returns the exit code: 0 only if every image was answered
 */
export async function detect(args: readonly string[], options: DetectOptions, terminal: Terminal): Promise<number> {
  const { threshold, maxResults, iou: iouThreshold, json } = options
  const found = await findImages(args, terminal)
  if (found.images.length === 0) return found.code
  const drawings = await outputPaths(options.draw, '--draw', found.images, options)
  const limits = {
    ...(threshold !== undefined && { threshold }),
    ...(maxResults !== undefined && { maxResults }),
    ...(iouThreshold !== undefined && { iouThreshold }),
  }
  await using detector = await openTask(options, terminal, (model, setup) =>
    createDetector(model, { ...setup, ...limits }),
  )
  return await answerEach(found, terminal, async (image, name, at) => {
    const detections = await detector.detect(image)
    const path = drawings[at]
    if (path !== undefined) {
      const [{ boxesMarkup }, { drawnOver }] = await Promise.all([
        import('../overlay/markup.ts'),
        import('../overlay/png.ts'),
      ])
      await writeWhole(path, await drawnOver(image, boxesMarkup(detections, image)))
      terminal.note(`wrote ${path}`)
    }
    return json ? inJson(name, detections) : inWords(name, detections, detector.session.backend, terminal)
  })
}

function inJson(image: string, found: readonly Detection[]): string {
  const detections = found.map(({ label, index, score, box, keypoints }) => ({
    label,
    index,
    score: shortened(score),
    box: box.map(hundredths),
    ...(keypoints && { keypoints: keypoints.map(({ name, x, y }) => ({ name, x: hundredths(x), y: hundredths(y) })) }),
  }))
  return JSON.stringify({ image, detections })
}

async function inWords(name: string, found: readonly Detection[], backend: string, page: Page): Promise<string> {
  const count = found.length === 1 ? '1 object' : `${found.length} objects`
  const title = `${page.style('bold', name)}: ${count} (on ${backend})`
  if (found.length === 0) return title
  const rows = found.map(({ label, index, score, box }) => [
    `${label} (${index})`,
    percent(score),
    ...box.map(edge => `${Math.round(edge)}`),
  ])
  const head = ['object', 'score', 'left', 'top', 'right', 'bottom']
  return `${title}\n${await table({ head, align: ['left', 'right', 'right', 'right', 'right', 'right'], rows }, page)}`
}

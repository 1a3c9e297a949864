import { createSegmenter, type Segmentation, type SegmenterOptions } from '@depthwise/models/heads'
import { answerEach, openTask, type TaskOptions } from '../heads/open-task.ts'
import { outputPaths } from '../heads/output-paths.ts'
import { findImages } from '../images.ts'
import { table } from '../table.ts'
import type { Page, Terminal } from '../terminal.ts'
import { grouped, percent, shortened } from '../words.ts'
import { writeWhole } from '../write-files.ts'

export interface SegmentOptions extends TaskOptions {
  /** Where the class of each pixel is written. */
  readonly output?: string
  readonly size: NonNullable<SegmenterOptions['size']>
}

/**
 * `depthwise segment`: the classes of the pixels of each image.
 * @returns the exit code: 0 only if every image was answered
 */
export async function segment(args: readonly string[], options: SegmentOptions, terminal: Terminal): Promise<number> {
  const { size, json } = options
  const found = await findImages(args, terminal)
  if (found.images.length === 0) return found.code
  const masks = await outputPaths(options.output, '--output', found.images, options)
  const drawings = await outputPaths(options.draw, '--draw', found.images, options)
  await using segmenter = await openTask(options, terminal, createSegmenter)
  return await answerEach(found, terminal, async (image, name, at) => {
    const segmentation = await segmenter.segment(image, { size })
    const [mask, drawing] = [masks[at], drawings[at]]
    if (mask !== undefined || drawing !== undefined) {
      const { classesPng, maskedOver } = await import('../overlay/png.ts')
      if (mask !== undefined) await writeWhole(mask, await classesPng(segmentation))
      if (drawing !== undefined) {
        const drawn = size === 'image' ? segmentation : await segmenter.segment(image, { size: 'image' })
        await writeWhole(drawing, await maskedOver(image, drawn))
      }
      terminal.note(`wrote ${[mask, drawing].filter(path => path !== undefined).join(' and ')}`)
    }
    if (!json) return inWords(name, segmentation, segmenter.session.backend, terminal)
    return inJson(name, segmentation, mask)
  })
}

function inJson(image: string, { width, height, present }: Segmentation, output: string | undefined): string {
  const classes = present.map(({ label, index, pixels }) => ({
    label,
    index,
    pixels,
    share: shortened(pixels / (width * height)),
  }))
  return JSON.stringify({ image, width, height, classes, ...(output !== undefined && { output }) })
}

async function inWords(
  name: string,
  { width, height, present }: Segmentation,
  backend: string,
  page: Page,
): Promise<string> {
  const title = `${page.style('bold', name)}: ${width}x${height} pixels (on ${backend})`
  const rows = present.map(({ label, index, pixels }) => [
    `${label} (${index})`,
    grouped(pixels),
    percent(pixels / (width * height)),
  ])
  return `${title}\n${await table({ head: ['class', 'pixels', 'share'], align: ['left', 'right', 'right'], rows }, page)}`
}

import { createKeypoints, type Keypoint, type Pose } from '@depthwise/models/heads'
import { answerEach, openTask, type TaskOptions } from '../heads/open-task.ts'
import { outputPaths } from '../heads/output-paths.ts'
import { findImages } from '../images.ts'
import { table } from '../table.ts'
import type { Page, Terminal } from '../terminal.ts'
import { hundredths, percent, shortened } from '../words.ts'
import { writeWhole } from '../write-files.ts'

export interface KeypointsOptions extends TaskOptions {
  readonly threshold?: number
  readonly maxResults?: number
}

/**
 * `depthwise keypoints`: the keypoints of the people or faces on each image.
 * @returns the exit code: 0 only if every image was answered
 */
export async function keypoints(
  args: readonly string[],
  options: KeypointsOptions,
  terminal: Terminal,
): Promise<number> {
  const { threshold, maxResults, json } = options
  const found = await findImages(args, terminal)
  if (found.images.length === 0) return found.code
  const drawings = await outputPaths(options.draw, '--draw', found.images, options)
  const limits = { ...(threshold !== undefined && { threshold }), ...(maxResults !== undefined && { maxResults }) }
  await using detector = await openTask(options, terminal, (model, { labels: _, ...setup }) =>
    createKeypoints(model, { ...setup, ...limits }),
  )
  return await answerEach(found, terminal, async (image, name, at) => {
    const poses = await detector.keypoints(image)
    const path = drawings[at]
    if (path !== undefined) {
      const [{ posesMarkup }, { drawnOver }] = await Promise.all([
        import('../overlay/markup.ts'),
        import('../overlay/png.ts'),
      ])
      await writeWhole(path, await drawnOver(image, posesMarkup(poses, image)))
      terminal.note(`wrote ${path}`)
    }
    return json ? inJson(name, poses) : inWords(name, poses, detector.session.backend, terminal)
  })
}

/** The best pose's keypoints stand alone, so that scripts for one person need not look for them; all poses follow. */
function inJson(image: string, found: readonly Pose[]): string {
  const poses = found.map(({ score, keypoints, box }) => ({
    score: shortened(score),
    keypoints: keypoints.map(point => inNumbers(point, score)),
    ...(box && { box: box.map(hundredths) }),
  }))
  const [best] = poses
  return JSON.stringify({ image, keypoints: best?.keypoints ?? [], ...(best && { score: best.score }), poses })
}

/** A point without a score of its own has that of its pose. */
const inNumbers = ({ name, x, y, score }: Keypoint, ofPose: number) => ({
  name,
  x: hundredths(x),
  y: hundredths(y),
  score: shortened(score ?? ofPose),
})

async function inWords(name: string, poses: readonly Pose[], backend: string, page: Page): Promise<string> {
  const count = poses.length === 1 ? '1 pose' : `${poses.length} poses`
  const title = `${page.style('bold', name)}: ${count} (on ${backend})`
  const tables = poses.map(({ score, keypoints }, at) =>
    table(
      {
        head: [poses.length === 1 ? `keypoint` : `pose ${at + 1}`, 'score', 'x', 'y'],
        align: ['left', 'right', 'right', 'right'],
        rows: keypoints.map(point => [
          point.name,
          percent(point.score ?? score),
          `${Math.round(point.x)}`,
          `${Math.round(point.y)}`,
        ]),
      },
      page,
    ),
  )
  return [title, ...(await Promise.all(tables))].join('\n')
}

import type { Model } from '@depthwise/core'
import {
  cocoSkeleton,
  createDetector,
  createKeypoints,
  createSegmenter,
  type Head,
  headOf,
  type ImageTask,
} from '@depthwise/models/heads'
import { cocoLabels, pascalLabels } from '@depthwise/models/heads/labels'
import { defaults, registry } from './backends.ts'
import { asImage } from './pictures.ts'
import type { Finding, Found, ModelFacts, Picture } from './protocol.ts'
import { factsOf, follow, release, unfollow } from './rooms.ts'

/** A network that finds boxes, classes of pixels or keypoints, and how it is asked. */
interface Seeker {
  readonly task: ImageTask
  readonly labels: readonly string[]
  find(picture: Picture): Promise<Finding>
}

let seeker: Seeker | null = null

/** Takes a model into use, in the place of what classified photos, if it does more than to classify; else returns null. */
export async function openHead(model: Model): Promise<ModelFacts | null> {
  const found = headOf(model)
  if (!found) return null
  const opened = await seekerOf(found.task, model)
  await closeHead()
  await release('photo')
  await follow(opened.task.session)
  seeker = opened
  return factsOf(model, { task: found.task, labels: opened.labels, assumed: opened.task.assumed })
}

/** Frees the network in use, where there is one. */
export async function closeHead(): Promise<void> {
  const before = seeker
  seeker = null
  if (!before) return
  unfollow(before.task.session)
  await before.task.dispose()
}

/** What the network in use finds on a picture. */
export async function find(picture: Picture): Promise<Found> {
  if (!seeker) throw new Error('no network that finds something is loaded yet')
  const start = performance.now()
  const finding = await seeker.find(picture)
  return { finding, milliseconds: performance.now() - start, backend: seeker.task.session.backend }
}

async function seekerOf(task: Head['task'], model: Model): Promise<Seeker> {
  const options = { backends: defaults, registry }
  if (task === 'segmentation') {
    const segmenter = await createSegmenter(model, options)
    const labels = segmenter.labels.length > 0 ? segmenter.labels : pascalLabels
    return {
      task: segmenter,
      labels,
      async find(picture) {
        const map = await segmenter.segment(asImage(picture))
        const present = map.present.map(each => ({ ...each, label: labels[each.index] ?? each.label }))
        return { task, map: { ...map, present } }
      },
    }
  }
  if (task === 'keypoints') {
    const locator = await createKeypoints(model, options)
    return {
      task: locator,
      labels: locator.names,
      find: async picture => ({ task, poses: await locator.keypoints(asImage(picture)), bones: cocoSkeleton }),
    }
  }
  const detector = await createDetector(model, options)
  const labels = detector.labels.length > 0 ? detector.labels : cocoLabels
  return {
    task: detector,
    labels,
    async find(picture) {
      const detections = await detector.detect(asImage(picture))
      return { task, detections: detections.map(each => ({ ...each, label: labels[each.index] ?? each.label })) }
    },
  }
}

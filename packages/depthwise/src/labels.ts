import type { Model } from '@depthwise/core'
import { countClasses, labelsOfClasses } from '@depthwise/models'

/** Names of a network's classes. */
export interface SettledLabels {
  readonly labels: readonly string[]
  /** Whether they are ImageNet's only because the number of classes is ImageNet's. */
  readonly isGuess: boolean
}

/** The file's own names, else ImageNet's for as many classes as ImageNet has, else none. */
export async function settleLabels({ graph, metadata }: Model): Promise<SettledLabels> {
  const own = metadata.labels && labelsOfClasses(metadata.labels, graph)
  if (own) return { labels: own, isGuess: false }
  const classes = countClasses(graph)
  if (classes !== 1000 && classes !== 1001) return { labels: [], isGuess: false }
  const { imagenetLabels1000, imagenetLabels1001 } = await import('@depthwise/models/labels')
  return { labels: classes === 1000 ? imagenetLabels1000 : imagenetLabels1001, isGuess: metadata.source === undefined }
}

import { chainNetworks, type Model } from '@depthwise/core'

/**
 * Two networks as one: the output of the first goes into the second. What describes the input is taken from the first,
 * what describes the output from the second.
 * @throws GraphError when output and input do not meet
 */
export function chainModels(first: Model, second: Model): Model {
  const { labels: _, realNodes: __, ...metadata } = first.metadata
  const { labels } = second.metadata
  return { ...chainNetworks(first, second), metadata: { ...metadata, ...(labels && { labels }) } }
}

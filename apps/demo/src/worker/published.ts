import { cost, paretoFront } from '@depthwise/cost'
import { publishedCheckpoints } from '@depthwise/models/published'
import { graphOf } from './network.ts'
import type { Published, PublishedFacts } from './protocol.ts'

let costed: PublishedFacts | null = null

/** Keras' checkpoints whose accuracy is published, with what they cost; costed once. */
export function published(): PublishedFacts {
  costed ??= facts()
  return costed
}

function facts(): PublishedFacts {
  const points = publishedCheckpoints.flatMap(({ format, architecture, top1 }): Published[] => {
    if (!top1 || format !== 'keras') return []
    const { network, alpha, resolution } = architecture
    const model = network === 'mobilenet_v1' ? 'v1' : 'v2'
    const { macs } = cost(graphOf({ model, alpha, resolution: resolution ?? 224 })).total
    return [{ name: `${alpha}`, version: model === 'v1' ? 'V1' : 'V2', macs, top1: top1.percent }]
  })
  const front = paretoFront(
    points,
    ({ macs }) => macs,
    ({ top1 }) => top1,
  )
  return { points, front }
}

import { randomParams } from '@depthwise/bench/random-params'
import type { Graph, Network } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import type { NetworkChoice } from './protocol.ts'

const seed = 20

/** The graph of a choice, without weights: enough for its cost. */
export function graphOf({ model, alpha, resolution }: NetworkChoice): Graph {
  return (model === 'v1' ? mobileNetV1 : mobileNetV2)({ alpha, resolution })
}

/** With seeded weights, which are as fast as trained ones. */
export function networkOf(choice: NetworkChoice): Network {
  const graph = graphOf(choice)
  return { graph, params: randomParams(graph, seed) }
}

/** A picture of noise in [-1, 1), the range that preprocessing leaves. */
export function noiseFor(graph: Graph): Readonly<Record<string, Float32Array>> {
  const input = graph.nodes.find(node => graph.inputs.includes(node.id))
  if (!input) throw new Error('a network without an input')
  let state = 1
  const values = new Float32Array(elementCount(input.shape))
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    values[i] = state / 2 ** 31 - 1
  }
  return { [input.name]: values }
}

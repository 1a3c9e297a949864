import { type Graph, GraphBuilder, type Params } from '@depthwise/core'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'

/** A small network with a shortcut and two outputs, `probabilities` and `features`. */
export function smallNetwork(): { readonly graph: Graph; readonly params: Params } {
  const b = new GraphBuilder()
  const image = b.input([1, 6, 6, 3], { name: 'image' })
  const stem = b.relu6(b.batchNorm(b.conv2d(image, { name: 'stem', filters: 4, kernel: 3, strides: 2 })), {
    name: 'act',
  })
  const block = b.add(stem, b.depthwiseConv2d(stem, { kernel: 3 }), { name: 'block' })
  const pooled = b.globalAveragePool(block, { name: 'features' })
  const graph = b.build([b.softmax(b.dense(pooled, { units: 5 }), { name: 'probabilities' }), pooled])
  return { graph, params: randomParams(graph) }
}

export const image = (seed: number) => randomTensor([1, 6, 6, 3], seed)

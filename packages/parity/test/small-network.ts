import { type Graph, GraphBuilder, type Network, type Value } from '@depthwise/core'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'

/** An inverted residual by names as Keras gives them. */
function block(b: GraphBuilder, x: Value, name: string, filters: number, strides: number): Value {
  const channels = x.shape.at(-1) as number
  const wide = b.conv2d(x, { name: `${name}_expand`, kernel: 1, filters: 6 * channels, bias: false })
  const act = b.relu6(b.batchNorm(wide, { name: `${name}_expand_BN` }), { name: `${name}_expand_relu` })
  const filtered = b.depthwiseConv2d(act, { name: `${name}_depthwise`, kernel: 3, strides, bias: false })
  const norm = b.batchNorm(filtered, { name: `${name}_depthwise_BN` })
  const narrow = b.conv2d(b.relu6(norm, { name: `${name}_depthwise_relu` }), {
    name: `${name}_project`,
    kernel: 1,
    filters,
    bias: false,
  })
  const projected = b.batchNorm(narrow, { name: `${name}_project_BN` })
  return strides === 1 && channels === filters ? b.add(x, projected, { name: `${name}_add` }) : projected
}

function build(): Graph {
  const b = new GraphBuilder()
  const x = b.input([1, 20, 18, 3], { name: 'input' })
  const stem = b.conv2d(x, { name: 'Conv1', kernel: 3, strides: 2, filters: 5, bias: false })
  let value = b.relu6(b.batchNorm(stem, { name: 'bn_Conv1' }), { name: 'Conv1_relu' })
  value = block(b, value, 'block_1', 5, 1)
  value = block(b, value, 'block_2', 8, 2)
  value = block(b, value, 'block_3', 8, 1)
  const pooled = b.globalAveragePool(value, { name: 'pool' })
  return b.build([b.softmax(b.dense(pooled, { name: 'logits', units: 10 }), { name: 'predictions' })])
}

/** A V2 of three blocks, with weights large enough that clamps matter. */
export function smallNetwork(): Network & { readonly inputs: { readonly input: ReturnType<typeof randomTensor> } } {
  const graph = build()
  const params = new Map(randomParams(graph, 5))
  for (const [name, value] of params) {
    if (!name.endsWith('gamma')) continue
    params.set(name, { ...value, data: Float32Array.from(value.data, gamma => 3 * gamma) })
  }
  return { graph, params, inputs: { input: randomTensor([1, 20, 18, 3], 9) } }
}

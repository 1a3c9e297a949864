import { createSession, type Graph, GraphBuilder, type Network, type Value } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { reals } from '../src/subject/random.ts'
import { randomParams } from '../src/subject/random-params.ts'

/** A V2 in miniature: a stem, an inverted residual with its shortcut, one at stride 2, a head; logits of 7 classes. */
export function tinyV2(resolution = 16): Network {
  const b = new GraphBuilder()
  const unit = (x: Value, name: string, relu = true): Value => {
    const normed = b.batchNorm(x, { name: `${name}_bn` })
    return relu ? b.relu6(normed, { name: `${name}_relu` }) : normed
  }
  const block = (x: Value, name: string, filters: number, strides: number): Value => {
    const channels = x.shape[3] as number
    const wide = b.conv2d(x, { name: `${name}_expand`, filters: channels * 3, kernel: 1, bias: false })
    const padded = strides === 2 ? b.pad(unit(wide, `${name}_expand`), { top: 0, bottom: 1, left: 0, right: 1 }) : null
    const slid = b.depthwiseConv2d(padded ?? unit(wide, `${name}_expand`), {
      name: `${name}_depthwise`,
      kernel: 3,
      strides,
      padding: padded ? 'valid' : 'same',
      bias: false,
    })
    const narrow = b.conv2d(unit(slid, `${name}_depthwise`), {
      name: `${name}_project`,
      filters,
      kernel: 1,
      bias: false,
    })
    const projected = unit(narrow, `${name}_project`, false)
    return strides === 1 && filters === channels ? b.add(x, projected, { name: `${name}_add` }) : projected
  }
  const image = b.input([1, resolution, resolution, 3], { name: 'input' })
  const stem = b.conv2d(image, { name: 'stem', filters: 8, kernel: 3, strides: 2, bias: false })
  const blocks = block(block(unit(stem, 'stem'), 'first', 8, 1), 'second', 12, 2)
  const pooled = b.globalAveragePool(blocks, { name: 'pool' })
  return withParams(b.build([b.dense(pooled, { name: 'logits', units: 7 })]))
}

/** A V1 in miniature: depthwise and pointwise with ReLU6, a head of a 1x1 convolution as Keras builds it. */
export function tinyV1(resolution = 16): Network {
  const b = new GraphBuilder()
  const unit = (x: Value, name: string): Value => b.relu6(b.batchNorm(x, { name: `${name}_bn` }))
  const image = b.input([1, resolution, resolution, 3], { name: 'input' })
  const stem = unit(b.conv2d(image, { name: 'stem', filters: 8, kernel: 3, strides: 2, bias: false }), 'stem')
  const slid = unit(b.depthwiseConv2d(stem, { name: 'dw', kernel: 3, bias: false }), 'dw')
  const mixed = unit(b.conv2d(slid, { name: 'pw', filters: 16, kernel: 1, bias: false }), 'pw')
  const pooled = b.dropout(b.globalAveragePool(mixed, { name: 'pool', keepDims: true }), 0.001)
  const scores = b.conv2d(pooled, { name: 'scores', filters: 7, kernel: 1 })
  return withParams(b.build([b.reshape(scores, [7], { name: 'logits' })]))
}

export function withParams(graph: Graph, seed = 1): Network {
  return { graph, params: randomParams(graph, seed) }
}

/** Values in [-1, 1), as preprocessing leaves pixels. */
export function inputOf(graph: Graph, seed = 2): Float32Array {
  const real = reals(seed)
  const node = graph.nodes.find(({ id }) => id === graph.inputs[0])
  const length = (node?.shape ?? []).reduce((count, extent) => count * extent, 1)
  return Float32Array.from({ length }, () => 2 * real() - 1)
}

/** The only output of a network of one input, on the reference backend. */
export async function runReference({ graph, params }: Network, input: Float32Array): Promise<Float32Array> {
  const name = graph.nodes.find(({ id }) => id === graph.inputs[0])?.name as string
  await using session = await createSession(graph, params, { backends: [reference()] })
  const [output] = Object.values(await session.run({ [name]: input }))
  return (output as { data: Float32Array }).data
}

import { GraphBuilder } from '../graph/builder.ts'
import type { Graph, Network } from '../graph/graph.ts'
import { paramSpecs } from '../graph/params.ts'
import { elementCount, type Tensor, tensor } from '../tensor.ts'

/** A network whose answer to one image is known: what a backend is asked before it is believed. */
export interface Golden extends Network {
  readonly input: Tensor<'float32'>
  /** What every output has to give, by name. */
  readonly answers: Readonly<Record<string, readonly number[]>>
}

/** Whole numbers in [-50, 50], spread without a pattern that a shifted read would repeat; the same on every engine. */
const spread = (index: number): number => ((index * 7919 + 13) % 101) - 50

/** A stem, an inverted residual with its shortcut and a head: every kind of kernel of, say, a MobileNet, on 9x8 pixels. */
function goldenGraph(): Graph {
  const b = new GraphBuilder()
  const x = b.input([1, 9, 8, 3], { name: 'x' })
  const stem = b.relu6(b.conv2d(x, { name: 'stem', kernel: 3, strides: 2, filters: 6 }))
  const wide = b.relu6(b.conv2d(stem, { name: 'expand', kernel: 1, filters: 18 }))
  const filtered = b.relu6(b.depthwiseConv2d(wide, { name: 'filter', kernel: 3 }))
  const block = b.add(stem, b.conv2d(filtered, { name: 'project', kernel: 1, filters: 6 }))
  const smaller = b.relu6(b.depthwiseConv2d(block, { name: 'shrink', kernel: 3, strides: 2 }))
  const pooled = b.globalAveragePool(smaller, { name: 'features' })
  return b.build([pooled, b.softmax(b.dense(pooled, { name: 'logits', units: 5 }), { name: 'classes' })])
}

/** Made when it is asked for: a page that never checks pays a few hundred bytes. */
export function golden(): Golden {
  const graph = goldenGraph()
  let next = 0
  const params = new Map(
    paramSpecs(graph).map(({ name, role, shape, node }) => {
      // Large enough that activations are clamped on both sides, small enough that no class takes it all.
      const scale = role === 'bias' ? 0.01 : node.name === 'logits' ? 0.004 : 0.025
      return [
        name,
        tensor(
          shape,
          Array.from({ length: elementCount(shape) }, () => spread(next++) * scale),
        ),
      ] as const
    }),
  )
  const input = tensor(
    [1, 9, 8, 3],
    Array.from({ length: 216 }, (_, i) => spread(i + 7) / 50),
  )
  return { graph, params, input, answers }
}

/** Computed by the reference backend, which a test asks again. */
const answers: Golden['answers'] = {
  features: [0.686054647, 3.249740124, 5.647684097, 2.336996555, 3.160151958, 3.195231676],
  classes: [0.004434527829, 0.133842289448, 0.001206377288, 0.027596717701, 0.832920074463],
}

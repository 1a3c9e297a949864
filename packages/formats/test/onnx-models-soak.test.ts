import type { Graph, Network, Tensor } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { evaluated, largestDifference, randomInputs } from '@depthwise/testing/agreement'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, test } from 'vitest'
import { readOnnx, writeOnnx } from '../src/index.ts'
import { readModel } from '../src/saved/read.ts'
import { writeModel } from '../src/saved/write.ts'
import { runOnnx } from './onnx-runtime.ts'

const soak = Boolean(process.env['DEPTHWISE_SOAK'])

const builders = { mobileNetV1, mobileNetV2 } as const
type Builder = keyof typeof builders
/** Every published width, of V1 (arXiv:1704.04861) and V2 (Keras, slim, torchvision). */
const alphas: Readonly<Record<Builder, readonly number[]>> = {
  mobileNetV1: [0.25, 0.5, 0.75, 1],
  mobileNetV2: [0.1, 0.35, 0.5, 0.75, 1, 1.3, 1.4],
}
const presets = ['keras', 'torch', 'slim'] as const

/** Logits, since a softmax hides what is wrong with small ones. */
function network(builder: Builder, alpha: number, preset: (typeof presets)[number], resolution: number): Network {
  const graph: Graph = builders[builder]({ alpha, preset, resolution, classifierActivation: null })
  return { graph, params: randomParams(graph, 7) }
}

const only = (outputs: Readonly<Record<string, Tensor>>): ArrayLike<number> => Object.values(outputs)[0]?.data ?? []

/** All published widths at their full size in the soak; else two small nets of each preset. */
const cases = (Object.keys(builders) as Builder[]).flatMap(builder =>
  presets.flatMap(preset =>
    alphas[builder]
      .filter(alpha => soak || alpha === 0.25 || alpha === 0.35)
      .map(alpha => ({ builder, alpha, preset, resolution: soak ? 224 : 96 })),
  ),
)

describe('whole networks', () => {
  test.each(cases)(
    '$builder $alpha, $preset, at $resolution: onnxruntime within 1e-4 of the largest logit',
    async each => {
      const net = network(each.builder, each.alpha, each.preset, each.resolution)
      const inputs = randomInputs(net, 3)
      const expected = only(await evaluated(net, inputs))
      for (const written of [net, optimize(net)]) {
        expect(largestDifference(only(await runOnnx(writeOnnx(written), inputs)), expected)).toBeLessThan(1e-4)
      }
    },
  )

  test.each(cases)('$builder $alpha, $preset, at $resolution: through ONNX and the saved form and back', async each => {
    const net = network(each.builder, each.alpha, each.preset, each.resolution)
    const inputs = randomInputs(net, 5)
    const expected = only(await evaluated(net, inputs))
    const again = await readOnnx(writeOnnx(net))
    expect(again.graph.nodes.filter(node => node.op.kind === 'reshape').length).toBe(
      net.graph.nodes.filter(node => node.op.kind === 'reshape').length + flattened(net.graph),
    )
    expect(largestDifference(only(await evaluated(again, inputs)), expected)).toBeLessThan(1e-6)
    const saved = await readModel(writeModel(again))
    expect(largestDifference(only(await evaluated(saved, inputs)), expected)).toBeLessThan(1e-6)
    // The same bytes, once through the other format.
    const model = { ...net, metadata: {} }
    expect(Buffer.compare(writeOnnx(await readModel(writeModel(model))), writeOnnx(model))).toBe(0)
  })
})

/** Global pools that drop height and width, which ONNX writes as a pool and a Flatten. */
function flattened({ nodes }: Graph): number {
  return nodes.filter(({ op }) => op.kind === 'globalAveragePool' && !op.keepDims).length
}

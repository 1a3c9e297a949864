import { chain } from '@depthwise/core'
import { checkParams, elementCount, optimize, paramSpecs, verify } from '@depthwise/core/backend'
import { expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { outputOf } from './tflite-run.ts'
import { checkpoint, checkpoints, describeShared } from './tflite-shared.ts'

/** Filters and biases of V1 (paper, table 1) with batch norm folded away, up to the pool. */
function v1Parameters(alpha: number): number {
  const widths = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024].map(width => width * alpha)
  const stem = 28 * (widths[0] as number)
  return widths.slice(1).reduce((sum, width, i) => {
    const before = widths[i] as number
    return sum + 10 * before + (before + 1) * width
  }, stem)
}

/** The same of V2 (paper, table 2), up to the pool. */
function v2Parameters(): number {
  const rows = [
    [1, 16, 1],
    [6, 24, 2],
    [6, 32, 3],
    [6, 64, 4],
    [6, 96, 3],
    [6, 160, 3],
    [6, 320, 1],
  ] as const
  let [sum, channels] = [28 * 32, 32]
  for (const [expansion, width, repeats] of rows) {
    for (let i = 0; i < repeats; i += 1) {
      const inner = channels * expansion
      sum += (expansion > 1 ? (channels + 1) * inner : 0) + 10 * inner + (inner + 1) * width
      channels = width
    }
  }
  return sum + (channels + 1) * 1280
}

const classifier = (features: number, classes = 1001): number => (features + 1) * classes
const all = Object.keys(checkpoints) as (keyof typeof checkpoints)[]

describeShared('the shared TFLite files', () => {
  test.each(all)('%s is a sound network, before and after the passes', async name => {
    const { graph, params } = await readTFLite(checkpoint(name))
    verify(graph)
    checkParams(graph, params)
    const optimized = optimize({ graph, params })
    verify(optimized.graph)
    checkParams(optimized.graph, optimized.params)
    expect(graph.outputs).toHaveLength(1)
  })

  test('chain, extractor then head: what the one can give is what the other expects', async () => {
    const [extractor, head] = [
      await readTFLite(checkpoint('v1Extractor'), { arithmetic: 'real' }),
      await readTFLite(checkpoint('v1Head'), { arithmetic: 'real' }),
    ]
    const graph = chain(extractor.graph, head.graph)
    const params = new Map([...extractor.params, ...head.params])
    verify(graph)
    checkParams(graph, params)
    expect(params.size).toBe(extractor.params.size + head.params.size)
    const last = extractor.graph.nodes.findLast(node => node.op.kind === 'conv2d')?.op
    const [expected] = Object.values(head.metadata.inputQuantization ?? {})
    expect(expected).toEqual({ scale: Math.fround(0.023528477177023888), zeroPoint: 0 })
    expect(last).toMatchObject({ activation: { min: 0, max: 255 * (expected?.scale ?? 0) } })
  })

  test('have the inputs, outputs and parameter counts of the networks they are', async () => {
    const found = await Promise.all(
      all.map(async name => {
        const model = await readTFLite(checkpoint(name))
        const [input] = model.graph.nodes
        const count = paramSpecs(model.graph).reduce((sum, spec) => sum + elementCount(spec.shape), 0)
        return [name, input?.name, input?.shape.join('x'), outputOf(model).name, outputOf(model).shape.join('x'), count]
      }),
    )
    const pooled = 'MobilenetV1/Logits/AvgPool_1a/AvgPool'
    const predictions = 'MobilenetV1/Predictions/Reshape_1'
    expect(found).toEqual([
      ['v1Head', pooled, '1x1x1x1024', predictions, '1x1001', classifier(1024)],
      ['v1Extractor', 'input', '1x224x224x3', pooled, '1x1x1x1024', v1Parameters(1)],
      ['v1Quarter128', 'input', '1x128x128x3', predictions, '1x1001', v1Parameters(0.25) + classifier(256)],
      ['v1Quarter224', 'input', '1x224x224x3', predictions, '1x1001', v1Parameters(0.25) + classifier(256)],
      ['v1QuarterFloat', 'input', '1x224x224x3', predictions, '1x1001', v1Parameters(0.25) + classifier(256)],
      [
        'v2Quant',
        'input',
        '1x224x224x3',
        'MobilenetV2/Predictions/Softmax',
        '1x1001',
        v2Parameters() + classifier(1280),
      ],
      ['v2PerChannel', 'input', '1x224x224x3', 'Identity', '1x1001', v2Parameters() + classifier(1280)],
      ['vwwFloat', 'input_1', '1x96x96x3', 'Identity', '1x2', v1Parameters(0.25) + classifier(256, 2)],
      ['vwwInt8', 'input_1_int8', '1x96x96x3', 'Identity_int8', '1x2', v1Parameters(0.25) + classifier(256, 2)],
    ])
  })
})

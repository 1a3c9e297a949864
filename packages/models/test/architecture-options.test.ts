import { type Graph, OptionError } from '@depthwise/core'
import { elementCount, opTitle, paramSpecs, relu6 } from '@depthwise/core/backend'
import { describe, expect, it } from 'vitest'
import {
  type Architecture,
  buildArchitecture,
  type MobileNetV1Options,
  makeDivisible,
  mobileNetV1,
  mobileNetV2,
  presets,
} from '../src/index.ts'

const nodeOf = (graph: Graph, name: string) => {
  const node = graph.nodes.find(node => node.name === name)
  if (!node) throw new Error(`no node ${name}`)
  return node
}
const shapeOf = (graph: Graph, name: string) => nodeOf(graph, name).shape
const kindsOf = (graph: Graph) => graph.nodes.map(node => opTitle(node.op))
const outputOf = (graph: Graph) => graph.nodes.find(node => node.id === graph.outputs[0])
/** What torch and Keras call trainable. */
const trainable = (graph: Graph): number =>
  paramSpecs(graph).reduce(
    (sum, { role, shape }) => sum + (role === 'mean' || role === 'variance' ? 0 : elementCount(shape)),
    0,
  )

describe('makeDivisible', () => {
  it.each([
    [32, 32],
    [32 * 0.35, 16],
    [24 * 0.35, 8],
    [24 * 1.4, 32],
    [1280 * 1.3, 1664],
    [12, 16],
    [11.9, 16],
    [17.92, 24],
    [17, 16],
    [1, 8],
  ])('%d becomes %d', (value, rounded) => expect(makeDivisible(value)).toBe(rounded))

  it('takes another divisor and a floor', () => {
    expect(makeDivisible(30, 4)).toBe(32)
    expect(makeDivisible(3, 8, 16)).toBe(16)
  })
})

describe('widths', () => {
  const stem = (preset: 'keras' | 'torch' | 'slim', alpha: number) =>
    shapeOf(mobileNetV1({ preset, alpha, resolution: 32 }), 'conv1')[3]

  it('of V1 are cut in Keras, cut with a floor of 8 in slim, rounded to eights in torch', () => {
    expect([stem('keras', 0.2), stem('slim', 0.2), stem('torch', 0.2)]).toEqual([6, 8, 8])
    expect([stem('keras', 0.6), stem('slim', 0.6), stem('torch', 0.6)]).toEqual([19, 19, 24])
  })

  it('of V2’s blocks are cut before they are rounded in Keras; stem and head are not', () => {
    const at = (preset: 'keras' | 'torch', alpha: number, name: string) =>
      shapeOf(mobileNetV2({ preset, alpha, resolution: 32 }), name)[3]
    expect([at('keras', 1.12, 'expanded_conv_project'), at('torch', 1.12, 'expanded_conv_project')]).toEqual([16, 24])
    expect([at('keras', 0.56, 'Conv1'), at('torch', 0.56, 'Conv1')]).toEqual([24, 24])
    expect([at('keras', 0.35, 'Conv_1'), at('keras', 1.4, 'Conv_1')]).toEqual([1280, 1792])
  })

  it('a depth multiplier widens what the pointwise layers read', () => {
    const graph = mobileNetV1({ depthMultiplier: 2, alpha: 0.25, resolution: 64 })
    expect([shapeOf(graph, 'conv_dw_1')[3], shapeOf(graph, 'conv_pw_1')[3]]).toEqual([16, 16])
    expect(shapeOf(graph, 'conv_dw_13_bn')[3]).toBe(512)
  })
})

describe('padding', () => {
  // The stem leaves 19 of 37 rows; a strided layer then makes 10 of them under SAME, and 9 in Keras' V1.
  const extents = (graph: Graph, name: string) => shapeOf(graph, name).slice(1, 3)

  it('of V1 at an odd size: Keras pads after the map only, SAME and torch on both sides', () => {
    const at = (preset: 'keras' | 'torch' | 'slim') =>
      extents(mobileNetV1({ preset, inputShape: [37, 40, 3] }), 'conv_dw_2')
    expect([at('keras'), at('slim'), at('torch')]).toEqual([
      [9, 10],
      [10, 10],
      [10, 10],
    ])
  })

  it('of V2 in Keras is a node, and SAME at every size', () => {
    const graph = mobileNetV2({ inputShape: [37, 40, 3] })
    expect([extents(graph, 'block_1_pad'), extents(graph, 'block_1_depthwise')]).toEqual([
      [21, 21],
      [10, 10],
    ])
    expect(nodeOf(graph, 'block_1_pad').op).toMatchObject({
      pads: [
        [0, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ],
    })
  })

  it('of torch is one on every side, also of the stem', () => {
    for (const graph of [mobileNetV1({ preset: 'torch' }), mobileNetV2({ preset: 'torch' })]) {
      const windows = graph.nodes.flatMap(({ op }) =>
        (op.kind === 'conv2d' || op.kind === 'depthwiseConv2d') && op.kernel[0] === 3 ? [op.padding] : [],
      )
      expect(windows.length).toBeGreaterThan(13)
      for (const padding of windows) expect(padding).toEqual({ top: 1, bottom: 1, left: 1, right: 1 })
      expect(kindsOf(graph)).not.toContain('pad')
    }
  })

  it('of slim is SAME, resolved', () => {
    expect(nodeOf(mobileNetV1({ preset: 'slim' }), 'conv_dw_2').op).toMatchObject({
      padding: { top: 0, bottom: 1, left: 0, right: 1 },
    })
    expect(kindsOf(mobileNetV2({ preset: 'slim' }))).not.toContain('pad')
  })
})

describe('the rest of a preset', () => {
  it('epsilon, classes and what follows the logits', () => {
    for (const build of [mobileNetV1, mobileNetV2]) {
      const ends = (['keras', 'torch', 'slim'] as const).map(preset => {
        const graph = build({ preset })
        const epsilons = new Set(graph.nodes.flatMap(({ op }) => (op.kind === 'batchNorm' ? [op.epsilon] : [])))
        return [...epsilons, ...(outputOf(graph)?.shape ?? []), kindsOf(graph).includes('softmax')]
      })
      expect(ends).toEqual([
        [1e-3, 1, 1000, true],
        [1e-5, 1, 1000, false],
        [1e-3, 1, 1001, true],
      ])
    }
  })

  it('dropout and the kind of classifier', () => {
    const tail = (graph: Graph) => kindsOf(graph).slice(kindsOf(graph).indexOf('globalAveragePool') + 1)
    expect(tail(mobileNetV1())).toEqual(['dropout', 'conv2d', 'reshape', 'softmax'])
    expect(tail(mobileNetV2())).toEqual(['dense', 'softmax'])
    expect(tail(mobileNetV1({ preset: 'torch' }))).toEqual(['dense'])
    expect(tail(mobileNetV2({ preset: 'torch' }))).toEqual(['dropout', 'dense'])
    expect(tail(mobileNetV2({ preset: 'slim' }))).toEqual(['dropout', 'conv2d', 'reshape', 'softmax'])
    expect(tail(mobileNetV2({ dropout: 0.5, classifierActivation: null }))).toEqual(['dropout', 'dense'])
    expect(tail(mobileNetV1({ dropout: 0 }))).toEqual(['conv2d', 'reshape', 'softmax'])
  })

  it('parameters that torchvision and timm document', () => {
    expect(trainable(mobileNetV2({ preset: 'torch' }))).toBe(3504872)
    expect((trainable(mobileNetV1({ preset: 'torch' })) / 1e6).toFixed(2)).toBe('4.23')
    expect((trainable(mobileNetV1({ preset: 'torch', alpha: 1.25 })) / 1e6).toFixed(2)).toBe('6.27')
  })

  it('preprocessing', () => {
    const { keras, torch, slim } = presets
    expect([keras, torch, slim].map(rules => rules.preprocessing.normalization)).toEqual([
      'signed',
      'imagenet',
      'signed',
    ])
    expect([keras, torch, slim].map(rules => rules.preprocessing.crop)).toEqual(['squeeze', 'torch', 'slim'])
  })
})

describe('input and ends', () => {
  it.each([1, 3, 4])('%d channels, not square', channels => {
    for (const build of [mobileNetV1, mobileNetV2]) {
      const graph = build({ inputShape: [96, 160, channels], alpha: 0.25 })
      expect(graph.nodes[0]).toMatchObject({ name: 'input', shape: [1, 96, 160, channels], dtype: 'float32' })
      const pool = graph.nodes.find(node => node.op.kind === 'globalAveragePool')
      expect(graph.nodes[pool?.inputs[0] ?? 0]?.shape.slice(1, 3)).toEqual([3, 5])
    }
  })

  it('without the top: the map, its mean or its maximum', () => {
    for (const [build, channels] of [
      [mobileNetV1, 256],
      [mobileNetV2, 1280],
    ] as const) {
      const end = (pooling: 'avg' | 'max' | null) =>
        outputOf(build({ includeTop: false, alpha: 0.25, inputShape: [64, 96, 3], pooling }))
      expect(end(null)).toMatchObject({ op: relu6, shape: [1, 2, 3, channels] })
      expect(end('avg')).toMatchObject({ name: 'global_average_pooling2d', shape: [1, channels] })
      expect(end('max')).toMatchObject({ name: 'global_max_pooling2d', shape: [1, channels] })
    }
  })
})

describe('bad options', () => {
  const cases: [string, object][] = [
    ['option alpha', { alpha: Number.NaN }],
    ['option alpha', { alpha: 0 }],
    ['option alpha', { alpha: -1 }],
    ['option alpha', { alpha: Infinity }],
    ['option alpha', { alpha: '1' }],
    ['option alpha', { alpha: 1e308 }],
    ['option resolution', { resolution: 0 }],
    ['option resolution', { resolution: 224.5 }],
    ['option resolution', { resolution: Number.NaN }],
    ['option resolution', { resolution: 224, inputShape: [224, 224, 3] }],
    ['option inputShape', { inputShape: [224, 224] }],
    ['option inputShape', { inputShape: [224, 0, 3] }],
    ['option inputShape', { inputShape: 224 }],
    ['option classes', { classes: 0 }],
    ['option classes', { classes: Number.NaN }],
    ['option dropout', { dropout: 1 }],
    ['option dropout', { dropout: Number.NaN }],
    ['option pooling', { pooling: 'avg' }],
    ['option pooling', { pooling: 'sum', includeTop: false }],
    ['option includeTop', { includeTop: 1 }],
    ['option classifierActivation', { classifierActivation: 'relu' }],
    ['option preset', { preset: 'caffe' }],
    ['option preset', { preset: 'toString' }],
    ['option resoluton', { resoluton: 224 }],
    // Each option is in its domain, but the network they make cannot be held.
    ['options alpha 1 and input 100000x100000x3', { resolution: 100_000 }],
    ['options alpha 100 and input 224x224x3', { alpha: 100 }],
    ['options alpha 1 and input 224x224x3', { classes: 2 ** 30 }],
    ['options alpha 1000 and input 32x32x3', { alpha: 1e3, resolution: 32 }],
  ]

  it.each(cases)('%s of %o', (where, options) => {
    for (const build of [mobileNetV1, mobileNetV2]) {
      expect(() => build(options)).toThrow(OptionError)
      expect(() => build(options)).toThrow(where)
    }
  })

  it('of one network only', () => {
    expect(() => mobileNetV2({ depthMultiplier: 1 } as MobileNetV1Options)).toThrow(
      'option depthMultiplier: expected one',
    )
    expect(() => mobileNetV1({ depthMultiplier: 0 })).toThrow('option depthMultiplier: expected a positive integer')
    // Keras cuts 32 * 0.03 to none; slim keeps eight.
    expect(() => mobileNetV1({ alpha: 0.03 })).toThrow('option alpha: expected one that leaves each layer')
    expect(shapeOf(mobileNetV1({ alpha: 0.03, preset: 'slim' }), 'conv1')[3]).toBe(8)
  })

  it('a picture that Keras’ V1 shrinks to less than a window is told with the layer', () => {
    expect(() => mobileNetV1({ resolution: 8 })).toThrow(OptionError)
    expect(() => mobileNetV1({ resolution: 8 })).toThrow('"conv_dw_6"')
    expect(outputOf(mobileNetV1({ resolution: 1, preset: 'slim' }))?.shape).toEqual([1, 1001])
  })
})

describe('buildArchitecture', () => {
  const plain: Architecture = { network: 'mobilenet_v2', alpha: 0.35, preset: 'torch', classes: 10 }

  it('calls the builder that a file of weights belongs to', () => {
    expect(buildArchitecture(plain)).toEqual(mobileNetV2({ alpha: 0.35, preset: 'torch', classes: 10 }))
    expect(buildArchitecture({ ...plain, resolution: 96, classifierActivation: 'softmax' })).toEqual(
      mobileNetV2({ alpha: 0.35, preset: 'torch', classes: 10, resolution: 96, classifierActivation: 'softmax' }),
    )
    expect(buildArchitecture({ ...plain, network: 'mobilenet_v1', depthMultiplier: 2, classes: 0 })).toEqual(
      mobileNetV1({ alpha: 0.35, preset: 'torch', depthMultiplier: 2, includeTop: false }),
    )
  })

  it('takes the caller’s input shape before the file’s', () => {
    const inputShape = [64, 96, 1] as const
    expect(buildArchitecture({ ...plain, resolution: 224 }, { inputShape })).toEqual(
      mobileNetV2({ alpha: 0.35, preset: 'torch', classes: 10, inputShape }),
    )
  })

  it('refuses what no builder can follow', () => {
    const bad: object[] = [{ network: 'mobilenet_v3' }, { depthMultiplier: 2 }, { alpha: Number.NaN }, { classes: -1 }]
    for (const change of bad) expect(() => buildArchitecture({ ...plain, ...change })).toThrow(OptionError)
  })
})

import { type Graph, GraphBuilder, OptionError, type Params, tensor, WeightsError } from '@depthwise/core'
import { foldBatchNorm, paramSpecs } from '@depthwise/core/backend'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { readSafetensors, writeSafetensors } from '../../formats/src/index.ts'
import { type Architecture, buildArchitecture } from '../src/index.ts'
import { type Naming, nameWeights, weightsOf } from '../src/weights/index.ts'

const size = { inputShape: [32, 32, 3] as const }

/** Parameters in which no number stands twice. */
function numbered(graph: Graph): Params {
  let next = 0
  return new Map(
    paramSpecs(graph).map(({ name, shape }) => {
      const length = shape.reduce((product, extent) => product * extent, 1)
      return [
        name,
        tensor(
          shape,
          Float32Array.from({ length }, () => next++),
        ),
      ]
    }),
  )
}

const v2 = { network: 'mobilenet_v2', alpha: 0.35, classes: 3, classifierActivation: null } as const
const v1 = { network: 'mobilenet_v1', alpha: 0.25, classes: 3, classifierActivation: null } as const
const cases: readonly (readonly [Naming, string, Architecture])[] = [
  ['torchvision', 'V2', { ...v2, preset: 'torch' }],
  ['timm', 'V2', { ...v2, preset: 'torch' }],
  ['timm', 'V1', { ...v1, preset: 'torch' }],
  ['huggingface', 'V2', { ...v2, preset: 'slim' }],
  ['huggingface', 'V1', { ...v1, preset: 'slim' }],
  ['keras', 'V2', { ...v2, preset: 'keras' }],
  ['keras', 'V1', { ...v1, preset: 'keras' }],
  ['keras', 'V1 with a depth multiplier', { ...v1, preset: 'keras', depthMultiplier: 2 }],
]

describe('named as a library names them', () => {
  test.each(cases)("%s' %s: found again as what they were, number by number", (naming, _, architecture) => {
    for (const classes of [architecture.classes, 0]) {
      const graph = buildArchitecture({ ...architecture, classes }, size)
      const params = numbered(graph)
      const file = writeSafetensors(nameWeights({ graph, params }, naming))
      const weights = weightsOf(readSafetensors(file))
      expect(weights.naming).toBe(naming)
      const { classifierActivation: _, ...told } = { ...architecture, classes }
      expect(weights.architecture).toMatchObject(told)
      expect(weights.onto(graph)).toEqual(params)
    }
  })

  test("Hugging Face's network is a module of its own beside a classifier", () => {
    const names = (classes: number): string[] => {
      const graph = buildArchitecture({ ...v1, preset: 'slim', classes }, size)
      return [...nameWeights({ graph, params: numbered(graph) }, 'huggingface').keys()]
    }
    expect(names(3)).toEqual(expect.arrayContaining(['mobilenet_v1.conv_stem.convolution.weight', 'classifier.weight']))
    expect(names(0)).toContain('conv_stem.convolution.weight')
  })
})

describe('what has no such names', () => {
  const graph = buildArchitecture({ ...v2, preset: 'torch' }, size)
  const params = numbered(graph)

  test('a library without the network', () => {
    const other = buildArchitecture({ ...v1, preset: 'torch' }, size)
    const naming = (): unknown => nameWeights({ graph: other, params: numbered(other) }, 'torchvision')
    expect(naming).toThrow(OptionError)
    expect(naming).toThrow('naming: expected timm, huggingface, keras for mobilenet_v1, found torchvision')
  })

  test('folded batch norms', () => {
    const folded = foldBatchNorm({ graph, params })
    expect(() => nameWeights(folded, 'timm')).toThrow(WeightsError)
    expect(() => nameWeights(folded, 'timm')).toThrow(
      'parameter "Conv1/weights@bn_Conv1": expected a network whose batch norms stand for themselves, as timm names them, found "bn_Conv1" folded into its layer',
    )
  })

  test('other networks, other nodes, no parameters', () => {
    const b = new GraphBuilder()
    const stem = b.conv2d(b.input([1, 8, 8, 3]), { name: 'Conv1', filters: 4, kernel: 3, bias: false })
    const one = b.build([b.conv2d(stem, { name: 'extra', filters: 4, kernel: 1, bias: false })])
    expect(() => nameWeights({ graph: one, params: numbered(one) }, 'timm')).toThrow(
      'parameter "extra/weights": expected a node of mobilenet_v2, named as Keras names it, found "extra"',
    )
    const c = new GraphBuilder()
    const two = c.build([c.conv2d(c.input([1, 8, 8, 3]), { name: 'first', filters: 4, kernel: 3, bias: false })])
    expect(() => nameWeights({ graph: two, params: numbered(two) }, 'timm')).toThrow(/expected the stem of a MobileNet/)
    const d = new GraphBuilder()
    expect(() => nameWeights({ graph: d.build([d.input([1, 2])]), params: new Map() }, 'timm')).toThrow(WeightsError)
    expect(() => nameWeights({ graph, params: new Map() }, 'timm')).toThrow(
      'parameter "Conv1/weights": expected a tensor, found none',
    )
  })
})

describeShared("torchvision's own file", () => {
  test('comes back as it was, tensor by tensor', () => {
    const { tensors } = readSafetensors(
      sharedBytes('checkpoints/torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors'),
    )
    const weights = weightsOf({ tensors })
    const graph = buildArchitecture(weights.architecture, size)
    const named = nameWeights({ graph, params: weights.onto(graph) }, 'torchvision')
    const theirs = [...tensors].filter(([name]) => !name.endsWith('num_batches_tracked'))
    expect(new Map([...named].sort())).toEqual(new Map(theirs.sort()))
  })
})

import { createSession, FormatError, type Tensor, tensor, WeightsError } from '@depthwise/core'
import { checkParams, elementCount, type ParamSpec, paramSpecs } from '@depthwise/core/backend'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { readNpy, readSafetensors } from '../../formats/src/index.ts'
import { reference } from '../../ops-cpu/src/index.ts'
import { type Architecture, buildArchitecture } from '../src/index.ts'
import { type Naming, weightsOf } from '../src/weights/index.ts'
import * as names from './weights-names.ts'

const torchSuffix = {
  weights: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
}

/** What the k-th parameter holds where torch keeps output o, input i, row y and column x. */
const valueAt = (k: number, o: number, i: number, y: number, x: number): number =>
  (k * 7919 + o * 389 + i * 97 + y * 13 + x * 3) % 4093

/** Torch's shape of a parameter: outputs first. */
function torchShape({ role, shape, node }: ParamSpec): readonly number[] {
  if (role !== 'weights') return shape
  if (node.op.kind === 'dense') return [shape[1] as number, shape[0] as number]
  const [height, width, channels, outputs] = shape as [number, number, number, number]
  return node.op.kind === 'depthwiseConv2d'
    ? [channels * outputs, 1, height, width]
    : [outputs, channels, height, width]
}

/** A file of a network's parameters under a library's names, which stand in the order in which the network runs. */
function torchFile(architecture: Architecture, list: names.Names, prefix = '') {
  const tensors = new Map<string, Tensor>()
  let layer = -1
  for (const [k, spec] of paramSpecs(buildArchitecture(architecture, { inputShape: [32, 32, 3] })).entries()) {
    if (spec.role === 'weights') layer += 1
    const [product, norm] = list[layer] as [string, string?]
    const place = spec.role === 'weights' || spec.role === 'bias' ? product : norm
    const shape = torchShape(spec)
    // A classifier is linear in the file, whatever the graph has.
    const [o, i, h = 1, w = 1] = shape as [number, number?, number?, number?]
    const data = new Float32Array(elementCount(shape))
    let at = 0
    for (let oo = 0; oo < o; oo += 1)
      for (let ii = 0; ii < (i ?? 1); ii += 1)
        for (let y = 0; y < h; y += 1) for (let x = 0; x < w; x += 1) data[at++] = valueAt(k, oo, ii, y, x)
    const stored = product.startsWith('classifier') && shape.length === 4 ? shape.slice(0, 2) : shape
    tensors.set(`${prefix}${place}.${torchSuffix[spec.role as keyof typeof torchSuffix]}`, tensor(stored, data))
  }
  return tensors
}

/** Every value of every parameter stands where the layout of core has it. */
function checkValues(architecture: Architecture, tensors: ReadonlyMap<string, Tensor>, naming?: Naming): void {
  const graph = buildArchitecture(architecture, { inputShape: [32, 32, 3] })
  const params = weightsOf({ tensors }, naming).onto(graph)
  checkParams(graph, params)
  for (const [k, { name, role, shape, node }] of paramSpecs(graph).entries()) {
    const { data } = params.get(name) as Tensor
    const [h, w, c, m] = (shape.length === 4 ? shape : [1, 1, ...(shape.length === 2 ? shape : [1, ...shape])]) as [
      number,
      number,
      number,
      number,
    ]
    const depthwise = role === 'weights' && node.op.kind === 'depthwiseConv2d'
    let wrong = 0
    for (let at = 0; at < data.length; at += 1) {
      const [last, channel] = [at % m, Math.floor(at / m) % c]
      const [x, y] = [Math.floor(at / (m * c)) % w, Math.floor(at / (m * c * w)) % h]
      const expected = depthwise ? valueAt(k, channel * m + last, 0, y, x) : valueAt(k, last, channel, y, x)
      if (data[at] !== expected) wrong += 1
    }
    expect(wrong, name).toBe(0)
  }
}

const torchV2 = {
  network: 'mobilenet_v2',
  alpha: 0.35,
  preset: 'torch',
  classes: 10,
  classifierActivation: null,
} as const
const torchV1 = { ...torchV2, network: 'mobilenet_v1', alpha: 0.25 } as const
const slimV2 = { ...torchV2, preset: 'slim', alpha: 0.5 } as const
const slimV1 = { ...torchV1, preset: 'slim' } as const

const schemes: readonly (readonly [Naming, string, Architecture, names.Names, string])[] = [
  ['torchvision', 'V2', torchV2, names.torchvisionV2(), ''],
  ['torchvision', 'V2 of a parallel module', torchV2, names.torchvisionV2(), 'module.'],
  ['timm', 'V2', torchV2, names.timmV2(), ''],
  ['timm', 'V1', torchV1, names.timmV1(), ''],
  ['timm', 'V1 in a lightning module', torchV1, names.timmV1(), 'model.'],
  ['huggingface', 'V2', slimV2, names.huggingfaceV2('mobilenet_v2.'), ''],
  ['huggingface', 'V2, the bare model', slimV2, names.huggingfaceV2(''), ''],
  ['huggingface', 'V1', slimV1, names.huggingfaceV1('mobilenet_v1.'), ''],
  ['huggingface', 'V1, the bare model', slimV1, names.huggingfaceV1(''), ''],
]

describe('names', () => {
  test.each(schemes)("%s' %s: detected, and every value in its place", (naming, _, architecture, list, prefix) => {
    const tensors = torchFile(architecture, list, prefix)
    const weights = weightsOf({ tensors })
    expect(weights.naming).toBe(naming)
    expect(weights.architecture).toEqual(architecture)
    checkValues(architecture, tensors)
    checkValues(architecture, tensors, naming)
  })

  test('every published alpha is told from the widths', () => {
    for (const [network, preset, alphas] of [
      ['mobilenet_v2', 'torch', [0.1, 0.25, 0.35, 0.5, 0.75, 1, 1.3, 1.4]],
      ['mobilenet_v2', 'slim', [0.35, 0.5, 0.75, 1, 1.3, 1.4]],
      ['mobilenet_v1', 'torch', [0.25, 0.5, 0.75, 1, 1.25]],
      ['mobilenet_v1', 'slim', [0.1, 0.25, 0.5, 0.75, 1]],
    ] as const) {
      for (const alpha of alphas) {
        const architecture = { network, alpha, preset, classes: 3, classifierActivation: null } as const
        const v2 = preset === 'torch' ? names.torchvisionV2() : names.huggingfaceV2('')
        const v1 = preset === 'torch' ? names.timmV1() : names.huggingfaceV1('')
        expect(
          weightsOf({ tensors: shapesOnly(architecture, network === 'mobilenet_v2' ? v2 : v1) }).architecture,
        ).toEqual(architecture)
      }
    }
  })

  test('other alphas are told too, or one that makes the same widths', () => {
    for (let alpha = 0.13; alpha < 1.5; alpha += 0.0173) {
      const architecture = { network: 'mobilenet_v2', alpha, preset: 'torch', classes: 3 } as const
      const tensors = shapesOnly(architecture, names.torchvisionV2())
      const found = weightsOf({ tensors }).architecture
      const widths = (a: Architecture) => paramSpecs(buildArchitecture(a)).map(spec => spec.shape)
      expect(widths(found)).toEqual(widths(architecture))
    }
  })
})

/** A file whose tensors have their shapes, and no numbers that anybody looks at. */
function shapesOnly(architecture: Architecture, list: names.Names): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  const specs = paramSpecs(buildArchitecture(architecture, { inputShape: [32, 32, 3] })).filter(
    spec => spec.role === 'weights',
  )
  for (const [layer, spec] of specs.entries()) {
    tensors.set(`${list[layer]?.[0]}.weight`, { dtype: 'float32', shape: torchShape(spec), data: new Float32Array(0) })
  }
  return tensors
}

describe('a graph without its top', () => {
  test('takes what it needs, and a file without a classifier has no classes', () => {
    const tensors = torchFile(torchV2, names.torchvisionV2())
    const features = buildArchitecture({ ...torchV2, classes: 0 }, { inputShape: [32, 32, 3] })
    checkParams(features, weightsOf({ tensors }).onto(features))
    tensors.delete('classifier.1.weight')
    tensors.delete('classifier.1.bias')
    expect(weightsOf({ tensors }).architecture.classes).toBe(0)
  })
})

describe('weights that do not fit', () => {
  const graph = buildArchitecture(torchV2, { inputShape: [32, 32, 3] })
  const file = () => torchFile(torchV2, names.torchvisionV2())

  test('no names that are known, names of another library', () => {
    expect(() => weightsOf({ tensors: new Map() })).toThrow(
      'weights: expected the names of torchvision, timm, Hugging Face or Keras, found no tensors',
    )
    expect(() => weightsOf({ tensors: new Map([['layer1.0.conv1.weight', tensor([1], [1])]]) })).toThrow(
      /found "layer1.0.conv1.weight"/,
    )
    expect(() => weightsOf({ tensors: file() }, 'timm')).toThrow(
      /^weights: expected names of timm, found "features.0.0/,
    )
  })

  test('a tensor that is missing', () => {
    const tensors = file()
    tensors.delete('features.3.conv.1.1.running_var')
    expect(() => weightsOf({ tensors }).onto(graph)).toThrow(WeightsError)
    expect(() => weightsOf({ tensors }).onto(graph)).toThrow(
      'parameter "block_2_depthwise_BN/variance": expected tensor "features.3.conv.1.1.running_var", found no such tensor in the file',
    )
  })

  test('a tensor of another shape or type', () => {
    const wide = buildArchitecture({ ...torchV2, alpha: 0.5 }, { inputShape: [32, 32, 3] })
    expect(() => weightsOf({ tensors: file() }).onto(wide)).toThrow(
      'tensor "features.2.conv.2.weight", parameter "block_1_project/weights": expected float32 16x48x1x1, found float32 8x48x1x1',
    )
    const tensors = file().set('classifier.1.bias', tensor([10], new Int32Array(10)))
    expect(() => weightsOf({ tensors }).onto(graph)).toThrow(
      'tensor "classifier.1.bias", parameter "predictions/bias": expected float32 10, found int32 10',
    )
  })

  test('widths of no alpha', () => {
    const tensors = file().set('features.17.conv.2.weight', tensor([8, 1], new Float32Array(8)))
    expect(() => weightsOf({ tensors })).toThrow(FormatError)
    expect(() => weightsOf({ tensors })).toThrow(
      /^widths of the layers: expected those of a mobilenet_v2, found 8, 8, 8, 16/,
    )
  })

  test('a graph of other nodes', () => {
    const other = buildArchitecture(torchV1, { inputShape: [32, 32, 3] })
    expect(() => weightsOf({ tensors: file() }).onto(other)).toThrow(
      'parameter "conv1/weights": expected a node of mobilenet_v2, found "conv1"',
    )
  })
})

describeShared("torchvision's own network", () => {
  const name = 'checkpoints/torchvision_random/mobilenet_v2_0.35_96_10classes'

  test('gives the logits that torch computed, to 1e-4', async () => {
    const weights = weightsOf(readSafetensors(sharedBytes(`${name}.safetensors`)))
    expect(weights.naming).toBe('torchvision')
    expect(weights.architecture).toEqual(torchV2)
    const graph = buildArchitecture(weights.architecture, { inputShape: [96, 96, 3] })
    await using session = await createSession(graph, weights.onto(graph), { backends: [reference()], batch: 2 })
    const { shape, data } = readNpy(sharedBytes(`${name}.input_nchw.npy`))
    expect(shape).toEqual([2, 3, 96, 96])
    const area = 96 * 96
    const nhwc = Float32Array.from({ length: data.length }, (_, at) => {
      const [image, pixel, channel] = [Math.floor(at / (3 * area)), Math.floor(at / 3) % area, at % 3]
      return data[(image * 3 + channel) * area + pixel] as number
    })
    const outputs = await session.run({ input: tensor([2, 96, 96, 3], nhwc) })
    const logits = readNpy(sharedBytes(`${name}.logits.npy`))
    const [ours] = Object.values(outputs)
    expect(ours?.shape).toEqual(logits.shape)
    const furthest = Array.from(logits.data, (value, i) => Math.abs(value - (ours?.data[i] as number)))
    expect(Math.max(...furthest)).toBeLessThan(1e-4)
  })
})

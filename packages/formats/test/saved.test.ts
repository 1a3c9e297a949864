import {
  FormatError,
  GraphBuilder,
  graphToJSON,
  type Metadata,
  type Model,
  type Preprocessing,
  type Tensor,
  tensor,
  WeightsError,
} from '@depthwise/core'
import { evaluated, expectAgreement, randomInputs } from '@depthwise/testing/agreement'
import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { randomParams } from '@depthwise/testing/random-params'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detectFormat, readModel, readSafetensors, writeModel, writeSafetensors } from '../src/index.ts'

function littleModel(): Model {
  const b = new GraphBuilder()
  const x = b.input([1, 6, 5, 3], { name: 'image' })
  const y = b.clamp(b.conv2d(x, { name: 'stem', filters: 4, kernel: 3 }), { min: -Infinity, max: 2.5 })
  const graph = b.build([b.dense(b.flatten(y), { name: 'logits', units: 5 })])
  const params = new Map<string, Tensor>([...randomParams(graph), ['unread', tensor([2], [1, 2])]])
  const metadata: Metadata = {
    format: 'tflite',
    name: 'little "net"',
    licence: 'MIT',
    source: 'made here',
    preprocessing: { crop: 'slim', resampling: { filter: 'bilinear', antialias: true }, normalization: 'signed' },
    labels: ['ä', '__proto__', ''],
    inputQuantization: { image: { scale: 1 / 128, zeroPoint: 128 } },
  }
  return { graph, params, metadata }
}

const model = littleModel()
const bytes = writeModel(model)

describe('what is written', () => {
  test('is read again: the graph, what it reads of the parameters, the metadata', async () => {
    const { graph, params, metadata } = await readModel(bytes)
    expect(graph).toEqual(model.graph)
    expect([...params.keys()].toSorted()).toEqual(['logits/bias', 'logits/weights', 'stem/bias', 'stem/weights'])
    for (const [name, value] of params) expect(value).toEqual(model.params.get(name))
    expect(metadata).toEqual({ ...model.metadata, format: 'depthwise' })
  })

  test('is the same bytes for equal models, however they were put together, and known by them', async () => {
    const params = new Map([...model.params].toReversed())
    const { labels, ...others } = model.metadata
    const nodes = model.graph.nodes.map(({ id, op, ...rest }) => ({ ...rest, op, id }))
    const turned = { params, metadata: { labels: labels ?? [], ...others }, graph: { ...model.graph, nodes } }
    expect(writeModel(turned)).toEqual(bytes)
    expect(writeModel(await readModel(bytes))).toEqual(bytes)
    expect(detectFormat(bytes)).toBe('depthwise')
  })

  test.each<Preprocessing>([
    { crop: 'torch', resampling: { filter: 'bicubic', antialias: true }, normalization: 'imagenet' },
    {
      crop: { kind: 'centre', fraction: 0.9 },
      resampling: { filter: 'bicubic', antialias: true },
      normalization: { mean: [103.94, 116.78, 123.68], std: 1 / 0.017, order: 'bgr' },
    },
    {
      crop: { kind: 'centre', fraction: 1 },
      resampling: { filter: 'bilinear', antialias: true },
      normalization: { mean: 127, std: [127, 127, 127] },
    },
  ])('keeps how pictures are prepared: %j', async preprocessing => {
    const written = writeModel({ ...model, metadata: { ...model.metadata, preprocessing } })
    expect((await readModel(written)).metadata.preprocessing).toEqual(preprocessing)
  })

  test('is nothing where it could not be read again', () => {
    const bad = { preprocessing: { normalization: { mean: Number.NaN, std: 1 } } }
    expect(() => writeModel({ ...model, metadata: bad })).toThrow(/normalization, field mean: expected a number/)
  })

  test('is a safetensors file to others', () => {
    const { tensors, metadata } = readSafetensors(bytes)
    expect(tensors.get('stem/weights')).toEqual(model.params.get('stem/weights'))
    expect(Object.keys(metadata).toSorted()).toEqual(['depthwise.graph', 'depthwise.metadata'])
  })

  test('random graphs over every op', async () => {
    const property = fc.asyncProperty(arbitraryGraph(), async graph => {
      const params = randomParams(graph)
      const again = await readModel(writeModel({ graph, params, metadata: {} }))
      expect(again.graph).toEqual(graph)
      expect(again.metadata).toEqual({ format: 'depthwise' })
      for (const [name, value] of again.params) expect(value).toEqual(params.get(name))
    })
    await fc.assert(property, { numRuns: 100 })
  })

  test('is no file where the model is none', () => {
    expect(() => writeModel({ ...model, params: new Map() })).toThrow(WeightsError)
  })
})

describe('halves', () => {
  test('take half the room, to eleven bits of each number', async () => {
    const halved = writeModel(model, { dtype: 'float16' })
    const numbers = [...(await readModel(bytes)).params.values()].reduce((sum, { data }) => sum + data.length, 0)
    expect(bytes.length - halved.length).toBeGreaterThan(2 * numbers - 64)
    const again = await readModel(halved)
    for (const [name, { data }] of again.params) {
      data.forEach((value, i) => {
        const exact = model.params.get(name)?.data[i] as number
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.max(Math.abs(exact) * 2 ** -11, 2 ** -25))
      })
    }
    const inputs = randomInputs(model, 1)
    expectAgreement(await evaluated(again, inputs), await evaluated(model, inputs), 2e-3)
    expect(writeModel(again, { dtype: 'float16' })).toEqual(halved)
  })

  test('a parameter beyond them stays as it is, and is told of', async () => {
    const weights = model.params.get('stem/weights') as Tensor<'float32'>
    const large = tensor(weights.shape, weights.data.with(3, 65520))
    const params = new Map([...model.params, ['stem/weights', large]])
    const told: string[] = []
    const halved = writeModel({ ...model, params }, { dtype: 'float16', onOverflow: name => told.push(name) })
    expect(told).toEqual(['stem/weights'])
    expect((await readModel(halved)).params.get('stem/weights')).toEqual(large)
    const most = tensor(weights.shape, weights.data.with(3, 65519))
    const fits = { ...model, params: new Map([...model.params, ['stem/weights', most]]) }
    const again = writeModel(fits, { dtype: 'float16', onOverflow: name => told.push(name) })
    expect(told).toHaveLength(1)
    expect((await readModel(again)).params.get('stem/weights')?.data[3]).toBe(65504)
  })
})

describe('files that lie', () => {
  const { tensors } = readSafetensors(bytes)
  const json = graphToJSON(model.graph)
  const text = JSON.stringify(json)
  const file =
    (metadata: Readonly<Record<string, string>>, values: ReadonlyMap<string, Tensor> = tensors) =>
    () =>
      readModel(writeSafetensors(values, { metadata }))

  test('the sound one is sound', async () => {
    expect((await file({ 'depthwise.graph': text })()).graph).toEqual(model.graph)
  })

  test.each<readonly [string, Readonly<Record<string, string>>, string | RegExp]>([
    [
      'no graph',
      {},
      'expected a model that writeModel saved, with depthwise.graph, found a safetensors file of weights alone',
    ],
    ['no JSON', { 'depthwise.graph': '{' }, 'depthwise.graph: expected JSON'],
    [
      'another version',
      { 'depthwise.graph': text.replace('"version":2', '"version":3') },
      /depthwise\.graph, .*version/,
    ],
    [
      'an unknown op',
      { 'depthwise.graph': text.replace('"conv2d"', '"conv3d"') },
      /expected a known op, found "conv3d"/,
    ],
    ['a shape that does not follow', { 'depthwise.graph': text.replace('[1,6,5,3]', '[1,6,5,4]') }, /depthwise\.graph/],
    [
      'an absurd shape',
      { 'depthwise.graph': text.replace('[1,6,5,3]', '[1,65536,65536,3]') },
      /at most 2147483647 elements/,
    ],
    [
      'metadata that is none',
      { 'depthwise.graph': text, 'depthwise.metadata': '[]' },
      /depthwise\.metadata: expected an object/,
    ],
    [
      'labels that are none',
      { 'depthwise.graph': text, 'depthwise.metadata': '{"labels":"a"}' },
      'depthwise.metadata, field labels: expected a list, found "a"',
    ],
    [
      'half a resampling',
      { 'depthwise.graph': text, 'depthwise.metadata': '{"preprocessing":{"resampling":{"filter":"bicubic"}}}' },
      /field antialias: expected a value, found nothing/,
    ],
    ...(
      [
        ['{"crop":"circle"}', /field crop: expected squeeze, .*, found "circle"/],
        ['{"crop":{"fraction":0.9}}', /field kind: expected a value/],
        ['{"crop":{"kind":"corner","fraction":0.9}}', /field kind: expected centre, found "corner"/],
        ['{"crop":{"kind":"centre"}}', /field fraction: expected a value/],
        ['{"crop":{"kind":"centre","fraction":0}}', /field fraction: expected a number in \(0, 1\], found 0/],
        ['{"crop":{"kind":"centre","fraction":1.5}}', /field fraction: expected a number in \(0, 1\], found 1.5/],
        ['{"crop":{"kind":"centre","fraction":"1"}}', /field fraction: expected a number/],
        ['{"normalization":{"mean":1}}', /field std: expected a value/],
        ['{"normalization":{"mean":1,"std":0}}', /field std: expected numbers other than 0/],
        ['{"normalization":{"mean":1,"std":[1,0,1]}}', /field std: expected numbers other than 0/],
        ['{"normalization":{"mean":[1,2],"std":1}}', /field mean: expected a number, or 3 of them, found a list of 2/],
        ['{"normalization":{"mean":["1"],"std":1}}', /field mean: expected a number, found "1"/],
        ['{"normalization":{"mean":1,"std":1,"order":"gbr"}}', /field order: expected rgb, bgr, found "gbr"/],
        ['{"normalization":[1,2]}', /field normalization: expected signed, .*, found a list of 2/],
      ] as const
    ).map(
      ([preprocessing, message]) =>
        [
          preprocessing,
          { 'depthwise.graph': text, 'depthwise.metadata': `{"preprocessing":${preprocessing}}` },
          message,
        ] as const,
    ),
  ])('%s', async (_, metadata, message) => {
    await expect(file(metadata)).rejects.toThrow(FormatError)
    await expect(file(metadata)).rejects.toThrow(message)
  })

  test('parameters that are missing, or of another shape', async () => {
    const without = new Map([...tensors].filter(([name]) => name !== 'stem/bias'))
    await expect(file({ 'depthwise.graph': text }, without)).rejects.toThrow(
      /^depthwise\.graph, parameter "stem\/bias" of node/,
    )
    const other = new Map([...tensors, ['stem/bias', tensor([3], [1, 2, 3])]])
    await expect(file({ 'depthwise.graph': text }, other)).rejects.toThrow(FormatError)
    const integers = new Map<string, Tensor>([...tensors, ['stem/bias', tensor([4], Int32Array.of(1, 2, 3, 4))]])
    await expect(file({ 'depthwise.graph': text }, integers)).rejects.toThrow(/expected float32 4, found int32 4/)
  })

  test('fields of metadata that are not known are left out', async () => {
    const metadata = '{"name":"n","toString":1,"__proto__":{"licence":"x"}}'
    const read = file({ 'depthwise.graph': text, 'depthwise.metadata': metadata })
    expect((await read()).metadata).toEqual({ name: 'n', format: 'depthwise' })
  })
})

import { type Model, type Tensor, tensor } from '@depthwise/core'
import { type Layers, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { functional2, type LayerSpec, sequential } from '@depthwise/testing/files/keras-configs'
import { describe, expect, test } from 'vitest'
import { readKeras } from '../src/index.ts'
import { writeModel } from './keras-dialects.ts'

// Which weight of an `.h5` belongs to which layer where names do not say it: Keras goes by their order in each top layer, the
// trained ones first.

const one = (value: number, ...shape: readonly number[]): Tensor =>
  tensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value))

const input: LayerSpec = { className: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 4, 4, 1] } }
const conv = (name: string, from: string, config: object = {}): LayerSpec => ({
  className: 'Conv2D',
  name,
  config: { filters: 1, kernel_size: 1, use_bias: false, ...config },
  inputs: [[from]],
})
const norm = (name: string, from: string, config: object = {}): LayerSpec => ({
  className: 'BatchNormalization',
  name,
  config: { axis: -1, ...config },
  inputs: [[from]],
})

/** conv, norm, conv, norm, in a model within the model. */
const nested = (config: object = {}, trainable: object = {}): unknown => {
  const layers = [input, conv('c', 'x', config), norm('n', 'c', config), conv('d', 'n'), norm('m', 'd')]
  const json = writeModel(
    {
      kind: 'functional',
      name: 'outer',
      layers: [input, { model: { kind: 'functional', name: 'inner', layers }, inputs: [['x']] }],
    },
    'Keras 2',
  ) as { config: { layers: { config: object }[] } }
  Object.assign(json.config.layers[1]?.config as object, trainable)
  return json
}

const roles = [
  'c/weights',
  'n/gamma',
  'n/beta',
  'n/mean',
  'n/variance',
  'd/weights',
  'm/gamma',
  'm/beta',
  'm/mean',
  'm/variance',
]
/** Each filled with the place of its role in `roles`. */
const byRole = (role: string): Tensor =>
  /weights/.test(role) ? one(roles.indexOf(role), 1, 1, 1, 1) : one(roles.indexOf(role), 1)
const variables = { weights: 'kernel', gamma: 'gamma', beta: 'beta', mean: 'moving_mean', variance: 'moving_variance' }

/** The weights in an order, under names made of their role. */
const group = (order: readonly string[], named: (layer: string, variable: string, n: number) => string): Layers => [
  ['x', {}],
  [
    'inner',
    Object.fromEntries(
      order.map((role, n) => {
        const [layer = '', kind = ''] = role.split('/')
        return [named(layer, variables[kind as keyof typeof variables], n), byRole(role)]
      }),
    ),
  ],
]

const isStatistic = (role: string): boolean => /mean|variance/.test(role)
const trainedFirst = [...roles.filter(role => !isStatistic(role)), ...roles.filter(isStatistic)]
const frozenFirst = (isFrozen: (role: string) => boolean): readonly string[] => [
  ...roles.filter(role => !isStatistic(role) && !isFrozen(role)),
  ...roles.filter(role => isStatistic(role) || isFrozen(role)),
]

const valuesOf = (model: Model | null): Record<string, number> =>
  Object.fromEntries([...(model as Model).params].map(([name, { data }]) => [name, data[0] as number]))
const expected = Object.fromEntries(roles.map((role, n) => [role, n]))

describe('weights within a model', () => {
  const renamed = (layer: string, variable: string): string => `${layer}_1/${variable}:0`
  const cases: readonly (readonly [string, unknown, Layers])[] = [
    ['by name, in any order', nested(), group([...roles].reverse(), (layer, variable) => `${layer}/${variable}:0`)],
    ['by name, with scopes', nested(), group([...roles].reverse(), (l, v) => `outer/inner/${l}/${v}:0`)],
    ['renamed: the trained ones first', nested(), group(trainedFirst, renamed)],
    ['renamed: layer by layer, as their kinds say', nested(), group(roles, renamed)],
    ['renamed, of a frozen model', nested({}, { trainable: false }), group(roles, renamed)],
    [
      'renamed, the first layers frozen',
      nested({ trainable: false }),
      group(
        frozenFirst(role => /^[cn]/.test(role)),
        renamed,
      ),
    ],
    ['names that say nothing', nested(), group(trainedFirst, (_, __, n) => `Variable_${n}:0`)],
    [
      'one name that another layer has',
      nested(),
      group(trainedFirst, (l, v) => `${l === 'c' ? 'd' : l === 'd' ? 'e' : l}/${v}:0`),
    ],
  ]
  test.each(cases)('%s', async (_, config, layers) => {
    expect(valuesOf(await readKeras(await writeLegacy(layers, config)))).toEqual(expected)
  })

  test('generators and counters are no weights', async () => {
    const layers: Layers = [...group(trainedFirst, renamed)]
    const weights = { 'random_flip/StateVar:0': one(7, 3), ...layers[1]?.[1], 'normalization/count:0': one(7, 1) }
    const bytes = await writeLegacy([['inner', weights]], nested())
    expect(valuesOf(await readKeras(bytes))).toEqual(expected)
  })

  test('too few, or of another shape, are named', async () => {
    const few = await writeLegacy(group(trainedFirst.slice(1), renamed), nested())
    await expect(readKeras(few)).rejects.toThrow(/layer "c" \(Conv2D\), kernel: expected 1x1x1x1, found no such weight/)
    const swapped = [...trainedFirst.slice(1, 2), ...trainedFirst.slice(0, 1), ...trainedFirst.slice(2)]
    const wrong = await writeLegacy(
      group(swapped, (_, __, n) => `v${n}:0`),
      nested(),
    )
    await expect(readKeras(wrong)).rejects.toThrow(/layer "c" \(Conv2D\), kernel: expected 1x1x1x1, found 1/)
  })
})

test('two inner models whose layers have the same names', async () => {
  const layers = [input, conv('c', 'x')]
  const inner = (name: string, from: string) =>
    ({ model: { kind: 'functional', name, layers }, inputs: [[from]] }) as const
  const outer = { kind: 'functional', name: 'l1', layers: [input, inner('one', 'x'), inner('two', 'one')] } as const
  const config = writeModel(
    { kind: 'functional', name: 'm', layers: [input, { model: outer, inputs: [['x']] }] },
    'Keras 2',
  )
  const read = async (...names: readonly string[]): Promise<readonly number[]> => {
    const weights = Object.fromEntries(names.map((name, n) => [`${name}/kernel:0`, one(n, 1, 1, 1, 1)]))
    return Object.values(valuesOf(await readKeras(await writeLegacy([['l1', weights]], config))))
  }
  expect(await read('one/c', 'two/c')).toEqual([0, 1])
  expect(await read('two/c', 'one/c')).toEqual([1, 0])
  // The suffixes by which TensorFlow makes names unique do not identify the layer.
  expect(await read('c', 'c_1')).toEqual([0, 1])
})

describe('a configuration beside bare weights', () => {
  const config = functional2([input, conv('a', 'x'), conv('b', 'a')])
  const weights = (...names: readonly string[]): Layers =>
    names.map((name, n) => [name, { [`${name}/kernel:0`]: one(n, 1, 1, 1, 1) }])
  const read = async (architecture: string | Uint8Array | object, layers = weights('a', 'b')) =>
    valuesOf(await readKeras(await writeLegacy(layers), { architecture }))

  test('as text, as text of a text, as bytes, parsed', async () => {
    const text = JSON.stringify(config)
    for (const architecture of [text, JSON.stringify(text), Buffer.from(text), config as object]) {
      expect(await read(architecture)).toEqual({ 'a/weights': 0, 'b/weights': 1 })
    }
  })

  test('layers of other names go by their order, as long as there are as many', async () => {
    expect(await read(config as object, weights('conv2d_7', 'conv2d_8'))).toEqual({ 'a/weights': 0, 'b/weights': 1 })
    await expect(read(config as object, weights('conv2d_7'))).rejects.toThrow(
      /layer "a" \(Conv2D\), kernel: .* found no/,
    )
  })

  test('takes the place of a configuration that is there', async () => {
    const bytes = await writeLegacy(weights('a', 'b'), functional2([input]))
    const renamed = sequential([input, conv('a', 'x')])
    expect(valuesOf(await readKeras(bytes, { architecture: renamed as object }))).toEqual({ 'a/weights': 0 })
  })

  test('what is none is said', async () => {
    await expect(read('{}')).rejects.toThrow(/^option architecture: expected the JSON of model.to_json\(\)/)
    await expect(read('nonsense')).rejects.toThrow(/^option architecture: expected JSON/)
  })
})

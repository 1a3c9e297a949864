import type { Model } from '@depthwise/core'
import { type Layers, writeArchive, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { functional2, functional3, type LayerSpec, sequential } from '@depthwise/testing/files/keras-configs'
import { describe, expect, test } from 'vitest'
import { readKeras } from '../src/index.ts'
import { counting, image } from './keras-layers.ts'

describe('graphs of layers', () => {
  const dense = (layer: string, inputs: LayerSpec['inputs']): LayerSpec => ({
    className: 'Dense',
    name: layer,
    config: { units: 2, use_bias: false },
    ...(inputs && { inputs }),
  })
  const flat: LayerSpec = { className: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 2] } }
  const weightsOf = (...layers: readonly string[]): Layers =>
    layers.map((layer, i) => [layer, { [`${layer}/kernel:0`]: counting([2, 2], 4 * i) }])
  const read = async (config: unknown, layers: Layers): Promise<Model> =>
    await readKeras(await writeLegacy(layers, config))
  const trace = ({ graph }: Model): readonly string[] => {
    const names = new Map(graph.nodes.map(node => [node.id, node.name]))
    return graph.nodes.map(node => `${node.name}(${node.inputs.map(id => names.get(id))})`)
  }

  test('merges take two operands or more, listed in any order', async () => {
    const merge = (className: string, ...inputs: readonly string[]): LayerSpec => ({
      className,
      name: className.toLowerCase(),
      config: {},
      inputs: [inputs],
    })
    const layers = [
      merge('Concatenate', 'add', 'multiply'),
      merge('Add', 'a', 'b', 'x'),
      merge('Multiply', 'a', 'b'),
      dense('b', [['a']]),
      dense('a', [['x']]),
      flat,
    ]
    const model = await read(functional2(layers, ['x'], ['concatenate']), weightsOf('a', 'b'))
    expect(trace(model)).toEqual([
      'x()',
      'a(x)',
      'b(a)',
      'add_1(a,b)',
      'add(add_1,x)',
      'multiply(a,b)',
      'concatenate(add,multiply)',
    ])
    expect(model.graph.nodes.at(-1)?.shape).toEqual([1, 4])
  })

  test('a layer called twice has one weight', async () => {
    const model = await read(functional2([flat, dense('a', [['x'], ['a']])], ['x'], [['a', 1, 0]]), weightsOf('a'))
    expect(trace(model)).toEqual(['x()', 'a(x)', 'a_1(a)'])
    expect([...model.params.keys()]).toEqual(['a/weights'])
  })

  test('several inputs and outputs', async () => {
    const second: LayerSpec = { ...flat, name: 'y' }
    const layers = [flat, second, dense('a', [['y']]), dense('b', [['x']])]
    const model = await read(functional2(layers, ['x', 'y'], ['a', 'b']), weightsOf('a', 'b'))
    const names = (ids: readonly number[]) => ids.map(id => model.graph.nodes.find(node => node.id === id)?.name)
    expect(names(model.graph.inputs)).toEqual(['x', 'y'])
    expect(names(model.graph.outputs)).toEqual(['a', 'b'])
  })

  test('models in models, their layers under names of their own, by either version', async () => {
    const inner = [flat, dense('a', [['x']])]
    const outer = (write: typeof functional2): unknown => {
      const nested = (name: string, inputs: LayerSpec['inputs']): LayerSpec => {
        const { class_name: className, config } = write(inner) as {
          class_name: string
          config: Record<string, unknown>
        }
        return { className, name, config: { ...config, name }, ...(inputs && { inputs }) }
      }
      return write([flat, nested('first', [['x']]), nested('second', [['first']])])
    }
    const layers: Layers = [
      ['first', { 'a/kernel:0': counting([2, 2]) }],
      ['second', { 'second/a/kernel:0': counting([2, 2], 9) }],
    ]
    const slots = {
      'layers/functional/layers/dense/vars/0': counting([2, 2]),
      'layers/functional_1/layers/dense/vars/0': counting([2, 2], 9),
    }
    const archive = await readKeras(await writeArchive(slots, outer(functional3)))
    for (const model of [await read(outer(functional2), layers), archive]) {
      expect(trace(model)).toEqual(['x()', 'a(x)', 'a_1(a)'])
      expect([...model.params].map(([name, { data }]) => [name, data[0]])).toEqual([
        ['a/weights', 0.5],
        ['a_1/weights', 5],
      ])
    }
  })

  test('a sequence without an input layer takes its shape from the first layer', async () => {
    const first = { ...dense('a', undefined), config: { units: 2, use_bias: false, batch_input_shape: [null, 2] } }
    const model = await read(sequential([first, dense('b', undefined)]), weightsOf('a', 'b'))
    expect(trace(model)).toEqual(['input()', 'a(input)', 'b(a)'])
  })

  test('an input left open is settled by the caller, and rescaling at the start wants pixels as they are', async () => {
    const open = { ...image, config: { batch_input_shape: [null, null, null, 3] } }
    const rescale: LayerSpec = {
      className: 'Rescaling',
      name: 'r',
      config: { scale: 1 / 127.5, offset: -1 },
      inputs: [['image']],
    }
    const bytes = await writeLegacy([['r', {}]], functional2([open, rescale]))
    await expect(readKeras(bytes)).rejects.toThrow(/expected the option inputShape, since the file leaves it open/)
    await expect(readKeras(bytes, { inputShape: [8] })).rejects.toThrow(/an inputShape of 3 extents/)
    const model = await readKeras(bytes, { inputShape: [8, 6, 3] })
    expect(model?.graph.nodes.at(-1)?.shape).toEqual([1, 8, 6, 3])
    expect(model?.metadata.preprocessing).toEqual({ normalization: 'raw' })
  })

  test.each([
    [
      [null, 5, null, 3],
      [1, 5, 6, 3],
    ],
    [
      [null, null, 7, 1],
      [1, 8, 7, 1],
    ],
    [
      [null, 5, 7, 1],
      [1, 5, 7, 1],
    ],
    [
      [null, 9],
      [1, 9],
    ],
  ])('of the input %j the caller settles only what is open', async (stated, settled) => {
    const open = { ...image, config: { batch_input_shape: stated } }
    const noise: LayerSpec = { className: 'Dropout', name: 'r', config: { rate: 0.5 }, inputs: [['image']] }
    const bytes = await writeLegacy([['r', {}]], functional2([open, noise]))
    const model = await readKeras(bytes, { inputShape: [8, 6, 3] })
    expect(model?.graph.nodes[0]?.shape).toEqual(settled)
  })
})

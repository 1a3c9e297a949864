import { type Tensor, tensor } from '@depthwise/core'
import { checkParams, paramSpecs } from '@depthwise/core/backend'
import { type Architecture, buildArchitecture } from '@depthwise/models'
import { weightsOf } from '@depthwise/models/weights'
import { type Layers, writeArchive, writeLegacy, writeVersion3 } from '@depthwise/testing/files/hdf5-writer'
import { randomIntegers } from '@depthwise/testing/random-integers'
import { describe, expect, test } from 'vitest'
import { hasKerasModel, readKeras, readKerasWeights } from '../src/index.ts'
import { legacyLayersOf, slotsOf } from './keras-of.ts'

function network(architecture: Architecture) {
  const graph = buildArchitecture(architecture, { inputShape: [32, 32, 3] })
  const below = randomIntegers(7)
  const params = new Map(
    paramSpecs(graph).map(({ name, shape }): [string, Tensor] => {
      const count = shape.reduce((a, b) => a * b, 1)
      return [
        name,
        tensor(
          shape,
          Float32Array.from({ length: count }, () => below(1000) / 100),
        ),
      ]
    }),
  )
  return { graph, params }
}

const legacyLayers = (architecture: Architecture, scope?: string, suffix?: string): Layers =>
  legacyLayersOf(network(architecture), scope, suffix)
const slots = (architecture: Architecture): Record<string, Tensor> => slotsOf(network(architecture))

const v1: Architecture = { network: 'mobilenet_v1', alpha: 0.25, preset: 'keras', classes: 5 }
const v2: Architecture = { network: 'mobilenet_v2', alpha: 0.35, preset: 'keras', classes: 5 }
const architectures: readonly (readonly [string, Architecture])[] = [
  ['V1', v1],
  ['V1 with two outputs a channel', { ...v1, depthMultiplier: 2 }],
  ['V1 without its top', { ...v1, classes: 0 }],
  ['V2', v2],
  ['V2 wider than its head', { ...v2, alpha: 1.25, classes: 2 }],
  ['V2 without its top', { ...v2, classes: 0 }],
]

describe.each(architectures)('%s', (_, architecture) => {
  const check = async (bytes: Uint8Array): Promise<void> => {
    expect(await hasKerasModel(bytes)).toBe(false)
    const weights = weightsOf(await readKerasWeights(bytes))
    expect(weights.naming).toBe('keras')
    expect(weights.architecture).toEqual(architecture)
    const { graph, params } = network(architecture)
    const found = weights.onto(graph)
    checkParams(graph, found)
    for (const [name, value] of params)
      expect(Buffer.compare(bytesOf(value), bytesOf(found.get(name) as Tensor))).toBe(0)
  }

  test('.h5 of Keras 2', async () => check(await writeLegacy(legacyLayers(architecture))))
  test('.h5 of Keras 3, whose depthwise kernels are called kernel', async () => {
    const renamed = legacyLayers(architecture, '', '').map(([layer, weights]): Layers[number] => {
      const entries = Object.entries(weights).map(([name, value]) => [
        name.replace('depthwise_kernel', 'kernel'),
        value,
      ])
      return [layer, Object.fromEntries(entries)]
    })
    await check(await writeLegacy(renamed))
  })
  test('.weights.h5 of Keras 3', async () => check(await writeVersion3(slots(architecture))))
  test.each(['layers', '_layer_checkpoint_dependencies'])(
    '.weights.h5 that Keras 2 writes on Windows, %s',
    async list => {
      // Only the groups of layers are joined by backslashes: `layers\\conv2d/vars/0`.
      const joined = Object.entries(slots(architecture)).map(([path, value]) => [
        path.replace(
          /^layers\/(.*)\/vars\//,
          (_, inner) => `${list}\\${inner.replaceAll('/layers/', `\\${list}\\`)}/vars/`,
        ),
        value,
      ])
      await check(await writeVersion3(Object.fromEntries(joined)))
    },
  )
})

const bytesOf = ({ data }: Tensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

test('scopes before the names, no number behind them, weights in an archive', async () => {
  for (const bytes of [
    await writeLegacy(legacyLayers(v2, 'mobilenet/', '')),
    await writeArchive(slots(v2)),
    await writeArchive(slots(v2), undefined, 6),
  ]) {
    const weights = weightsOf(await readKerasWeights(bytes))
    expect(weights.architecture).toEqual(v2)
    const { graph } = network(v2)
    checkParams(graph, weights.onto(graph))
  }
})

test('a weight that is missing is named as Keras does', async () => {
  const layers = legacyLayers(v1).filter(([name]) => name !== 'conv_dw_3_bn')
  const weights = weightsOf(await readKerasWeights(await writeLegacy(layers)))
  expect(() => weights.onto(network(v1).graph)).toThrow(
    'parameter "conv_dw_3_bn/gamma": expected tensor "conv_dw_3_bn/gamma", found no such tensor in the file',
  )
})

test('an HDF5 file of something else', async () => {
  const bytes = await writeLegacy([])
  await expect(readKeras(bytes)).rejects.toThrow(/^hdf5: expected the weights of Keras/)
  await expect(readKeras(new Uint8Array(100))).rejects.toThrow(
    'keras: expected a file of Keras (.keras, .h5), found bytes of no known kind',
  )
})

test('weights without a network are refused by the reader of networks', async () => {
  for (const bytes of [
    await writeLegacy(legacyLayers(v2)),
    await writeVersion3(slots(v2)),
    await writeArchive(slots(v2)),
  ]) {
    await expect(readKeras(bytes)).rejects.toThrow(
      'keras: expected a network: its configuration in the file, or as the option architecture, found weights alone, which readKerasWeights reads',
    )
  }
})

import { FormatError, OptionError, type Tensor, tensor } from '@depthwise/core'
import { checkParams, verify } from '@depthwise/core/backend'
import { expect, test } from 'vitest'
import { folder, type Layer, layers } from './manifest-folder.ts'
import { readManifestNetwork } from './manifest-network.ts'

/** The layers with the one at `index` changed. */
const changed = (index: number, change: Record<string, unknown>): readonly Layer[] =>
  layers().map((layer, i) => (i === index ? { ...layer, ...change } : layer))

test('a small folder is a sound network of the strides and residuals of V2', async () => {
  const wide = await readManifestNetwork(folder(layers()).read, { resolution: [64, 96] })
  expect(wide.graph.nodes[0]?.shape).toEqual([1, 64, 96, 3])
  const model = await readManifestNetwork(folder(layers()).read, { resolution: 64 })
  verify(model.graph)
  checkParams(model.graph, model.params)
  const sizes = model.graph.nodes.filter(node => node.name.endsWith('depthwise')).map(node => node.shape[1])
  expect(sizes).toEqual([32, 16, 16, 8, 8, 8, 4, 4, 4, 4, 4, 4, 4, 2, 2, 2, 2])
  const adds = model.graph.nodes.filter(node => node.op.kind === 'binary').map(node => node.name)
  expect(adds).toEqual([2, 4, 5, 7, 8, 9, 10, 11, 12, 14, 15, 16].map(block => `expanded_conv_${block}/add`))
  expect(model.graph.nodes.at(-1)).toMatchObject({ name: 'Logits', shape: [1, 3] })
  expect(model.metadata).toEqual({ format: 'manifest', preprocessing: { normalization: 'signed' } })
})

test('without its classifier it ends at the pooled features', async () => {
  const model = await readManifestNetwork(folder(layers().slice(0, -1)).read)
  expect(model.graph.nodes[0]?.shape).toEqual([1, 224, 224, 3])
  expect(model.graph.nodes.at(-1)).toMatchObject({ name: 'AvgPool', shape: [1, 4] })
})

test.each([
  [
    'another order',
    layers().toSpliced(2, 1),
    'manifest.json, field layers: expected project 0, found expanded_conv_1/expand',
  ],
  ['an unknown layer', changed(3, { layer: 'expanded_conv_1/squeeze' }), /layer 3: expected Conv, expanded_conv_N/],
  [
    'a block too many',
    layers().toSpliced(51, 0, { ...layers()[49], layer: 'expanded_conv_17/expand' } as Layer),
    /expected head 0/,
  ],
  ['an end too early', layers().slice(0, 9), 'manifest.json: expected layers to the end of V2, found 9'],
  ['no layers', [], 'manifest.json: expected layers to the end of V2, found 0'],
  [
    'channels that do not follow',
    changed(3, { weight_shape: [4, 1, 1, 3] }),
    /expected filters x k x k x 2, found 4,1,1,3/,
  ],
  ['a shape of six axes', changed(3, { weight_shape: [4, 1, 1, 2, 1, 1] }), /found 4,1,1,2,1,1/],
  ['filters that are not square', changed(0, { weight_shape: [2, 3, 1, 3] }), /layer Conv, weight_shape/],
  ['extents of nothing', changed(0, { weight_shape: [2, 0, 0, 3] }), /weight_shape: expected an integer of at least 1/],
  ['millions of filters', changed(0, { weight_shape: [2 ** 30, 3, 3, 3] }), /at most 2147483647 elements/],
  ['another folder', changed(0, { weight: '../../etc/passwd' }), /field weight: expected the name of a file beside/],
  ['a hidden file', changed(0, { bias: '.npmrc' }), /field bias: expected the name of a file beside/],
  ['no name', changed(0, { bias: 7 }), /layer 0, field bias: expected a string, found 7/],
] as const)('%s is a FormatError', async (_, list, message) => {
  const { read, asked } = folder(list)
  await expect(readManifestNetwork(read)).rejects.toThrow(FormatError)
  await expect(readManifestNetwork(read)).rejects.toThrow(message)
  expect(new Set(asked)).toEqual(new Set(['manifest.json']))
})

test('arrays of another shape or type, and a manifest that is none', async () => {
  const read = (changes: Record<string, Tensor | string>) => readManifestNetwork(folder(layers(), changes).read)
  await expect(read({ 'Conv.bias.npy': tensor([3], [1, 2, 3]) })).rejects.toThrow(
    '"Conv.bias.npy": expected float32 2, found float32 3',
  )
  await expect(read({ 'Conv.bias.npy': tensor([2], Int8Array.of(1, 2)) })).rejects.toThrow(
    /expected float32 2, found int8 2/,
  )
  await expect(read({ 'Conv.bias.npy': 'text' })).rejects.toThrow(
    /^"Conv.bias.npy", npy: expected .*, found a text file/,
  )
  await expect(read({ 'manifest.json': '[]' })).rejects.toThrow('manifest.json: expected an object, found a list of 0')
  await expect(read({ 'manifest.json': '{' })).rejects.toThrow(
    /^manifest.json: expected .*, found JSON that breaks off/,
  )
  await expect(readManifestNetwork(async () => Promise.reject(new Error('offline')))).rejects.toThrow('offline')
  for (const resolution of [0.5, [64, 0.5], [0, 64]] as const) {
    await expect(readManifestNetwork(folder(layers()).read, { resolution })).rejects.toThrow(OptionError)
  }
})

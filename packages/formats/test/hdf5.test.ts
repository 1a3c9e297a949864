import { type Tensor, tensor } from '@depthwise/core'
import { type FileOptions, type GroupSpec, writeHdf5 } from '@depthwise/testing/files/hdf5-writer'
import { describe, expect, test } from 'vitest'
import { openHdf5 } from '../src/hdf5/file.ts'

const open = async (spec: GroupSpec, options?: FileOptions) => openHdf5(await writeHdf5(spec, options))

describe('what the C library writes', () => {
  test('numbers of every type', async () => {
    const tensors: Record<string, Tensor> = {
      floats: tensor([2, 3], [1, -2, 3.5, 1e-30, Infinity, 0]),
      scalar: tensor([], [7]),
      bytes: tensor([3], Uint8Array.of(0, 1, 255)),
      signed: tensor([2, 1], Int8Array.of(-128, 127)),
      words: tensor([2], Int32Array.of(-(2 ** 31), 2 ** 31 - 1)),
    }
    const root = await open({ members: tensors })
    expect([...root.names()].sort()).toEqual(Object.keys(tensors).sort())
    for (const [name, value] of Object.entries(tensors)) expect(root.at(name)?.tensor()).toEqual(value)
  })

  test('texts: one, of any length; many, of one length', async () => {
    const names = ['conv1', 'conv_dw_1_bn', 'é\u{1f426}']
    const root = await open({
      attributes: { one: 'x'.repeat(30_000), many: names },
      members: { group: { attributes: { one: 'inner' } } },
    })
    expect(root.texts('one')).toEqual(['x'.repeat(30_000)])
    expect(root.texts('many')).toEqual(names)
    expect(root.at('group')?.texts('one')).toEqual(['inner'])
    expect(root.texts('none')).toBeUndefined()
  })

  test('hundreds of members, in a tree of several levels', async () => {
    const members = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`layer_${i}`, tensor([1], [i])]))
    const root = await open({ members })
    expect(root.names()).toEqual(Object.keys(members).sort())
    for (const i of [0, 1, 333, 699]) expect(root.at(`layer_${i}`)?.tensor().data[0]).toBe(i)
  })

  test('groups in groups', async () => {
    const root = await open({ members: { a: { members: { b: { members: { c: tensor([1], [5]) } } } } } })
    expect(root.at('a/b/c')?.tensor().data[0]).toBe(5)
    expect(root.at('/a//b/')?.isGroup).toBe(true)
    expect(root.at('a/b/c')?.isGroup).toBe(false)
    expect(root.at('a/x/c')).toBeUndefined()
    expect(root.at('a/b/c/d')).toBeUndefined()
  })

  const long = Float32Array.from({ length: 70 * 9 }, (_, i) => Math.sin(i))
  test.each<[string, Tensor, FileOptions]>([
    ['in chunks', tensor([70, 9], long), { chunks: [7, 3] }],
    ['in chunks that reach over the edges', tensor([70, 9], long), { chunks: [16, 4] }],
    ['in chunks of a row each, a tree of two levels', tensor([630], long), { chunks: [1] }],
    ['in one chunk', tensor([5, 7, 2, 9], long), { chunks: [5, 7, 2, 9] }],
    ['in boxes of four axes', tensor([5, 7, 2, 9], long), { chunks: [2, 3, 1, 4] }],
    ['deflated', tensor([70, 9], long), { chunks: [16, 4], compression: 6 }],
    [
      'deflated, bytes',
      tensor(
        [3, 5],
        Uint8Array.from({ length: 15 }, (_, i) => i),
      ),
      { chunks: [2, 2], compression: 9 },
    ],
    ['deflated, all the same', tensor([4000], new Float32Array(4000)), { chunks: [1000], compression: 1 }],
  ])('numbers %s', async (_, value, options) => {
    const root = await open({ members: { x: value } }, options)
    expect(root.at('x')?.tensor()).toEqual(value)
  })

  test('what Keras never writes is named', async () => {
    const members = { x: tensor([4, 4], new Float32Array(16)) }
    await expect(open({ members }, { libver: ['latest', 'latest'] })).rejects.toThrow(/superblock of version 0, found/)
  })
})

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GraphBuilder, tensor } from '@depthwise/core'
import { writeModel, writeSafetensors } from '@depthwise/formats'
import { checkpoint, describeShared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import type { CheckpointFiles } from '../src/checkpoint/files.ts'
import { filesInMemory } from '../src/checkpoint/in-memory.ts'
import { load } from '../src/index.ts'

const text = (words: string): Uint8Array => new TextEncoder().encode(words)
function network(): Uint8Array {
  const b = new GraphBuilder()
  const graph = b.build([b.dense(b.globalAveragePool(b.input([1, 4, 4, 3])), { name: 'y', units: 2, bias: false })])
  return writeModel({ graph, params: new Map([['y/weights', tensor([3, 2], [1, 2, 3, 4, 5, 6])]]), metadata: {} })
}
const weights = (): Uint8Array => writeSafetensors(new Map([['a', tensor([1], [1])]]))
const tfjs = text('{"format":"graph-model","modelTopology":{},"weightsManifest":[]}')

it.each<readonly [string, ReadonlyMap<string, Uint8Array>, string | null]>([
  ['the only file', new Map([['notes.txt', text('anything')]]), 'notes.txt'],
  [
    'the network beside its labels',
    new Map([
      ['labels.txt', text('a')],
      ['x.depthwise', network()],
    ]),
    'x.depthwise',
  ],
  [
    'the file that names the others',
    new Map([
      ['w.safetensors', weights()],
      ['net.json', tfjs],
    ]),
    'net.json',
  ],
  [
    'neither of two networks',
    new Map([
      ['a.depthwise', network()],
      ['b.depthwise', network()],
    ]),
    null,
  ],
  [
    'none of other files',
    new Map([
      ['a.txt', text('a')],
      ['b.txt', text('b')],
    ]),
    null,
  ],
])('begins with %s', async (_, files, main) => {
  expect((await filesInMemory(files)).main).toBe(main)
})

it('finds a file by its whole name, else by the last part of it', async () => {
  const files = await filesInMemory(
    new Map([
      ['net/a.bin', text('a')],
      ['net/b.bin', text('b')],
      ['b.bin', text('top')],
    ]),
  )
  const read = async (name: string): Promise<string> => new TextDecoder().decode(await files.read(name, 'a part'))
  expect(await Promise.all(['net/a.bin', 'a.bin', 'elsewhere/a.bin'].map(read))).toEqual(['a', 'a', 'a'])
  expect(await Promise.all(['b.bin', 'net/b.bin', 'c/b.bin'].map(read))).toEqual(['top', 'b', 'b'])
  expect(await files.has('net/c.bin')).toBe(false)
  await expect(read('c.bin')).rejects.toThrow('c.bin: expected a part, found no such file among those of the folder')
})

it('says to pass the other files where there is one alone', async () => {
  const missing = (files: CheckpointFiles) => files.read('w.bin', 'weights')
  await expect(missing(await filesInMemory(tfjs))).rejects.toThrow(/found only the bytes of one file: pass .* by name$/)
  const one = await filesInMemory(new Map([['net/model.json', tfjs]]))
  await expect(missing(one)).rejects.toThrow(/found only model\.json: pass all files of the folder$/)
})

describeShared('the files of a folder', () => {
  it.each(['teachable_machine/', 'a/b/', ''])('are a network with "%s" in front of their names', async folder => {
    const from = checkpoint('teachable_machine')
    const names = await readdir(from)
    const files = names.map(async name => [folder + name, await readFile(join(from, name))] as const)
    const net = await load(new Map(await Promise.all(files)))
    expect(net.info).toMatchObject({ format: 'tfjs', labels: ['Class 1', 'Class 2'] })
    await net.close()
  })
})

import { isDeepStrictEqual } from 'node:util'
import { type BytesLike, DepthwiseError, OptionError } from '@depthwise/core'
import { share } from '@depthwise/testing/soak'
import { expect, test } from 'vitest'
import * as formats from '../src/index.ts'
import { kindsOfBytes } from './kinds-of-bytes.ts'
import { mutant } from './mutate.ts'
import { type SoundFiles, soundFiles } from './sound-files.ts'

// Bytes as callers hold them: a reader's answer depends on the bytes alone, and it neither changes nor keeps them.

const all = await soundFiles()
const readerNames = [...new Set(all.map(({ reader }) => reader))]
const of = (reader: string): readonly SoundFiles[] => all.filter(each => each.reader === reader)

/** What comes of reading: a result, or an error in words. */
async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return { result: await read() }
  } catch (error) {
    if (!(error instanceof DepthwiseError)) throw error
    return { error: `${error.name}: ${error.message}` }
  }
}

/** Damaged files name others, which are then empty. */
const fileOf = (files: SoundFiles['files'], name: string): Uint8Array => files.get(name) ?? new Uint8Array(0)

type Hold = (bytes: Uint8Array) => BytesLike

/** Reads files as a caller holds them, and sees to it that none of the memory around them changes. */
async function outcomeFor({ files, read }: SoundFiles, kind: string): Promise<unknown> {
  const checks: (() => void)[] = []
  const hold: Hold = bytes => {
    const { source, memory } = (kindsOfBytes[kind] as (typeof kindsOfBytes)[string])(bytes)
    const before = Buffer.from(memory)
    checks.push(() => {
      if (!before.equals(memory)) throw new Error(`${kind} was changed`)
      // What was read must not lie in the caller's memory.
      memory.fill(0x5a)
    })
    return source
  }
  const held = await outcome(() => read(file => hold(fileOf(files, file))))
  for (const check of checks) check()
  return held
}

const plain = ({ files, read }: SoundFiles): Promise<unknown> =>
  outcome(() => read(file => Uint8Array.from(fileOf(files, file))))

test('every exported reader is among them', () => {
  const exported = Object.keys(formats).filter(name => /^(read|has|detect|identify|externalData)/.test(name))
  expect(readerNames.toSorted()).toEqual(exported.toSorted())
})

for (const reader of readerNames) {
  test.each(Object.keys(kindsOfBytes))(`${reader} takes %s`, async kind => {
    for (const files of of(reader)) {
      const expected = await plain(files)
      expect(expected).toHaveProperty('result')
      expect(await outcomeFor(files, kind)).toStrictEqual(expected)
    }
  })

  test(`${reader} refuses values that are not bytes`, async () => {
    const [files] = of(reader)
    for (const other of ['text', [1, 2, 3], null, undefined, new Blob([])]) {
      const open = () => other as unknown as BytesLike
      await expect((async () => files?.read(open))()).rejects.toThrow(OptionError)
    }
  })

  // The kinds that differ most: Node's, a plain buffer, shared memory, a view with an offset.
  const fuzzed = ['a Buffer at an odd offset', 'an ArrayBuffer', 'a SharedArrayBuffer', 'a DataView']
  test(`${reader} comes to the same end on damaged files, whatever holds them`, async () => {
    const seeds = of(reader)
    for (let number = 0; number < share(25, 2000); number += 1) {
      const sound = seeds[number % seeds.length] as SoundFiles
      const [name, file] = [...sound.files][number % sound.files.size] as [string, Uint8Array]
      const spoilt = { ...sound, files: new Map([...sound.files, [name, mutant([file], number)]]) }
      const expected = await plain(spoilt)
      for (const kind of fuzzed) {
        const found = await outcomeFor(spoilt, kind)
        if (!isDeepStrictEqual(found, expected)) expect(found, `mutant ${number}, ${kind}`).toStrictEqual(expected)
      }
    }
  }, 600_000)
}

import { FormatError } from '@depthwise/core'
import { describe, expect, test } from 'vitest'
import * as formats from '../src/index.ts'
import { readTfjs } from '../src/index.ts'
import { checkpoints, foreign } from './kinds-of-files.ts'
import { readers } from './readers.ts'

// What is passed to a reader by mistake is named for what it is, whichever reader it is.

const strict = Object.entries(readers).flatMap(([name, { formats, read }]) =>
  formats ? [{ name, formats, read }] : [],
)
/** Readers of a folder's JSON file say which field they miss in JSON of no known kind. */
const takeJson = ['readTfjs', 'readManifest']
/** An archive without arrays is one of none. */
const isSound = (name: string, what: string): boolean => name === 'readNpz' && what === 'an empty zip archive'

async function messageOf(read: () => unknown): Promise<string> {
  try {
    await read()
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError)
    return (error as FormatError).message
  }
  throw new Error('it was read')
}

describe.each(strict)('$name', ({ name, formats, read }) => {
  test.each(foreign.filter(([what]) => !isSound(name, what)))('is handed %s', async (what, bytes) => {
    const message = await messageOf(() => read(bytes))
    if (what === 'JSON of another kind' && takeJson.includes(name))
      expect(message).toMatch(/^m[a-z]+\.json.*: expected/)
    else expect(message).toContain(`found ${what}: `)
    expect(message).not.toMatch(/byte \d/)
  })

  test.each(checkpoints.filter(([format]) => !formats.includes(format)))('is handed %s', async (_, bytes, reader) => {
    const message = await messageOf(() => read(bytes))
    // `readModel` reads the container first, so that it names what a file of bare weights lacks.
    expect(message).toMatch(new RegExp(`found .*: use ${reader}$`))
  })
})

test('every exported reader is in the table', () => {
  const exported = Object.keys(formats).filter(name => /^(read|has|detect|identify|externalData)/.test(name))
  expect(exported.toSorted()).toEqual(Object.keys(readers).toSorted())
})

test('a file of weights, or of labels, that is something else', async () => {
  const page = new TextEncoder().encode('<!doctype html><title>404</title>')
  const weights = [{ name: 'w', shape: [4], dtype: 'float32' }]
  const json = { modelTopology: {}, weightsManifest: [{ paths: ['group1.bin'], weights }] }
  const model = new TextEncoder().encode(JSON.stringify(json))
  const read = async (file: string): Promise<Uint8Array> => (file === 'model.json' ? model : page)
  await expect(readTfjs(read)).rejects.toThrow('"group1.bin": expected weights of 16 bytes, found an HTML page')
  const bare = new TextEncoder().encode(JSON.stringify({ modelTopology: {}, weightsManifest: [] }))
  const withLabels = readTfjs(async file => (file === 'model.json' ? bare : page), { labels: 'metadata.json' })
  await expect(withLabels).rejects.toThrow('"metadata.json": expected JSON, found an HTML page')
})

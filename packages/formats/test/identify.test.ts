import { tensor } from '@depthwise/core'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { detectFormat, identifyFile } from '../src/index.ts'
import { checkpoints, foreign } from './kinds-of-files.ts'

describe('files of other kinds', () => {
  test.each(foreign)('%s', (what, bytes, advice) => {
    expect(identifyFile(bytes)).toEqual({ what, advice: expect.stringMatching(advice) })
    expect(detectFormat(bytes)).toBeNull()
  })

  test.each(checkpoints)('%s is a checkpoint, and its reader is named', (format, bytes, reader) => {
    expect(detectFormat(bytes)).toBe(format)
    expect(identifyFile(bytes)).toEqual({ what: expect.any(String), advice: `use ${reader}` })
  })
})

test('what is not recognised is not guessed at', () => {
  expect(identifyFile(new Uint8Array(100))).toBeNull()
  expect(identifyFile(new Uint8Array(100).fill(255))).toBeNull()
  expect(identifyFile(Uint8Array.of(0x89, 0x50))).toBeNull()
})

test('a version and a message without facts in front are no SavedModel', () => {
  const version = [0x08, 1]
  // A message that is empty, one that begins with its graph (field 2), and a number.
  for (const second of [
    [0x12, 0],
    [0x12, 3, 0x12, 1, 0x0a],
    [0x10, 5],
  ]) {
    expect(identifyFile(Uint8Array.of(...version, ...second))).toBeNull()
  }
  expect(identifyFile(Uint8Array.of(...version, 0x12, 3, 0x0a, 1, 0x0a))?.what).toMatch('SavedModel')
})

test('text is recognised where its beginning ends in the middle of a character', () => {
  for (const pad of [1020, 1021, 1022, 1023, 1024]) {
    expect(identifyFile(strToU8(`${'a'.repeat(pad)}€€`))?.what).toBe('a text file')
  }
})

test('pages behind many comments take no time', () => {
  const page = strToU8(`${'<!---->'.repeat(140)}<html>`)
  expect(identifyFile(page)?.what).toBe('an HTML page')
  expect(identifyFile(strToU8('<!---->'.repeat(2000)))?.what).toBe('a text file')
})

test('names in an archive are cut short', () => {
  const name = `${'a'.repeat(1000)}.onnx`
  expect((identifyFile(zipSync({ [name]: strToU8('') }))?.what ?? '').length).toBeLessThan(200)
})

describeShared('shared files', () => {
  test.each([
    ['photos/cat.png', 'a PNG picture'],
    ['checkpoints/labels1000.txt', 'a text file'],
    ['checkpoints/teachable_machine/metadata.json', "Teachable Machine's metadata.json"],
    ['checkpoints/teachable_machine/model.json', 'the model.json of a TensorFlow.js folder'],
    ['cases/torch-external.onnx', 'an ONNX file'],
    ['cases/bytes-shuffled.h5', 'an HDF5 file (.h5)'],
    ['cases/noise-rescaling.keras', 'a Keras archive (.keras)'],
  ])('%s', (path, what) => {
    expect(identifyFile(sharedBytes(path))?.what).toBe(what)
  })
})

test('tensors of no format are numbers', () => {
  const { data } = tensor([4], [1, 2, 3, 4])
  expect(identifyFile(new Uint8Array(data.buffer))).toBeNull()
})

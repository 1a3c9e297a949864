import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { depthwise, onTerminal } from '@depthwise/testing/command'
import { afterEach, describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'
import { hasColours, styled } from '../src/colour.ts'

afterEach(() => {
  for (const name of ['FORCE_COLOR', 'NO_COLOR', 'TERM']) delete process.env[name]
})

const [terminal, pipe] = [{ isTTY: true }, {}]
test.each([
  [terminal, {}, true],
  [pipe, {}, false],
  [terminal, { NO_COLOR: '1' }, false],
  [terminal, { NO_COLOR: '' }, true],
  [terminal, { TERM: 'dumb' }, false],
  [pipe, { FORCE_COLOR: '1' }, true],
  [pipe, { FORCE_COLOR: '' }, true],
  [terminal, { FORCE_COLOR: '0' }, false],
  [terminal, { FORCE_COLOR: 'false' }, false],
  [pipe, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
])('%o with %o: %s', (stream, env, coloured) => expect(hasColours(stream, env)).toBe(coloured))

test('a style is an escape sequence around the text', () => {
  expect(styled('bold', 'x')).toBe('\x1b[1mx\x1b[22m')
})

describe('colours', () => {
  const commands = [
    ['classify', join(samples, 'star.png'), '--checkpoint', 'default'],
    ['cost', '--model', 'mobilenet_v2', '--per-layer'],
    ['--help'],
    ['sweep', '--help'],
  ]

  test.each(commands)('on a terminal alone, and only around the text: %s', async (...args) => {
    const [coloured, plain] = [await onTerminal(300, ...args), await depthwise(...args)]
    const bare = stripVTControlCharacters(coloured.stdout)
    expect(coloured.stdout).not.toBe(bare)
    expect(plain.stdout).not.toContain('\x1b')
    const timeless = (text: string): string => text.replaceAll(/[\d.]+ ms/g, 'some ms').replaceAll(/\s+/g, ' ')
    expect(timeless(bare)).toBe(timeless(plain.stdout))
    process.env['NO_COLOR'] = '1'
    expect((await onTerminal(300, ...args)).stdout).not.toContain('\x1b')
  })

  test('never in what programs read', async () => {
    process.env['FORCE_COLOR'] = '1'
    for (const format of ['--json', '--csv']) {
      for (const args of [
        ['classify', join(samples, 'star.png'), '--checkpoint', 'default'],
        ['cost', '--model', 'mobilenet_v1'],
        ['checkpoints'],
        ['backends'],
        ['sweep'],
      ]) {
        const { code, stdout } = await onTerminal(80, ...args, format)
        expect(code).toBe(0)
        expect(stdout).not.toContain('\x1b')
      }
    }
  })

  test('mark errors on stderr', async () => {
    process.env['FORCE_COLOR'] = '1'
    const { stderr } = await depthwise('inspect', 'missing.tflite')
    expect(stderr.startsWith('\x1b[31mdepthwise:\x1b[39m missing.tflite: ')).toBe(true)
    expect(stderr.lastIndexOf('\x1b')).toBe(stderr.indexOf(' missing') - 5)
  })
})

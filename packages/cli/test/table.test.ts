import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { depthwise, onTerminal } from '@depthwise/testing/command'
import { describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'
import { table } from '../src/table.ts'
import { plainPage } from '../src/terminal.ts'
import { wrapped } from '../src/wrap.ts'

const options = {
  head: ['layer', 'output', 'MACs', ''],
  align: ['left', 'left', 'right', 'left'] as const,
  rows: [
    ['a/rather_long/name_of_a/layer_in_a/network', '1x112x112x32', '10,838,016', '██'],
    ['short', '1x1', '', ''],
  ],
}
const at = (width: number): Promise<string> => table(options, { ...plainPage, width })

describe('table', () => {
  test('in columns where there is room', async () => {
    const text = await table(options, plainPage)
    expect(text).toBe(await at(74))
    expect(text.split('\n')[3]).toBe('a/rather_long/name_of_a/layer_in_a/network  1x112x112x32  10,838,016  ██')
  })

  test('names are wrapped where it is narrow', async () => {
    const lines = (await at(60)).split('\n')
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60)
    expect(lines.slice(3, 5)).toEqual(['a/rather_long/name_of_a/layer_  1x112x112x32  10,838,016  ██', 'in_a/network'])
  })

  test('a row becomes several lines where it is narrower still', async () => {
    expect(await at(40)).toBe(
      [
        '─'.repeat(40),
        'a/rather_long/name_of_a/layer_in_a/network',
        '  output 1x112x112x32   MACs 10,838,016',
        '  ██',
        'short',
        '  output 1x1',
        '─'.repeat(40),
      ].join('\n'),
    )
  })
})

test('wrapped breaks behind separators, else anywhere, and loses nothing', () => {
  expect(wrapped('one two three', 8)).toEqual(['one two', 'three'])
  expect(wrapped('MobilenetV2/expanded_conv/depthwise', 16)).toEqual(['MobilenetV2/', 'expanded_conv/', 'depthwise'])
  expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  expect(wrapped('', 4)).toEqual([''])
})

/** The words of a table, without rules. */
const words = (text: string): string[] => text.replaceAll('─', '').split(/\s+/).filter(Boolean)

describe.each([60, 80])('at %i columns', columns => {
  test.each([
    [['inspect', 'default']],
    [['cost', '--model', 'mobilenet_v2', '--per-layer']],
    [['cost', '--model', 'mobilenet_v2', '--per-layer', '--memory', 'layers']],
    [['cost', '--model', 'mobilenet_v2', '--compare']],
    [['sweep', '--model', 'mobilenet_v1']],
    [['pick', '--max-macs', '100e6', '--min-top1', '60']],
    [['checkpoints']],
    [['manifold', '--seeds', '1']],
    [['backends']],
    [['parity', '--checkpoint', 'default']],
    [['classify', join(samples, 'star.png'), '--checkpoint', 'default']],
    [['start', join(samples, 'star.png')]],
  ])('%j shows every value, and no line of its tables is cut', async args => {
    const isTimed = ['classify', 'start'].includes(args[0] as string)
    const narrow = stripVTControlCharacters((await onTerminal(columns, ...args)).stdout)
    const wide = (await depthwise(...args)).stdout
    expect(narrow).not.toContain('…')
    // Long names may be broken over lines, so letters are compared.
    const letters = new Set(words(narrow))
    const joined = words(narrow).join('')
    const missing = words(wide).filter(
      word => !(letters.has(word) || joined.includes(word)) && !(isTimed && /^\(?[\d.]+(e-\d+)?\.?$/.test(word)),
    )
    // The first column needs no name where it is a title, nor does an empty one.
    const heads = ['layer', 'step', 'network', 'name', 'backend', 'scratch']
    expect(missing.filter(word => !(heads.includes(word) || isBroken(word, narrow)))).toEqual([])
    const rules = narrow.split('\n').filter(line => line.startsWith('─'))
    for (const rule of rules) expect(rule.length).toBeLessThanOrEqual(columns)
    // Sentences wrap anywhere; paths, addresses and checksums are left to the terminal, so that they can be copied.
    const longer = narrow.split('\n').filter(line => line.length > columns && /\S {2,}\S|^ {2}/.test(line))
    expect(longer.filter(line => !/[/\\]|https:|^(sha256|name|source) /.test(line))).toEqual([])
  })
})

/** Whether a word was broken at one of its separators, so that its parts stand in different lines. */
function isBroken(word: string, text: string): boolean {
  return word.split(/(?<=[/_,;-])/).every(part => text.includes(part))
}

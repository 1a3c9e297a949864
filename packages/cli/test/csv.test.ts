import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { temporaryFolder } from '@depthwise/testing/temporary'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'
import { csv, csvLine } from '../src/csv.ts'

/** A reader of RFC 4180, with LF as line break. */
function parsed(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (let at = 0; at < text.length; at++) {
    let field = ''
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[++at] === '"'; at++) field += text[at]
    } else for (; at < text.length && text[at] !== ',' && text[at] !== '\n'; at++) field += text[at]
    row.push(field)
    if (text[at] === ',') {
      if (at + 1 === text.length) row.push('')
      continue
    }
    rows.push(row)
    row = []
  }
  return rows
}

describe('csv', () => {
  test('quotes what RFC 4180 says must be quoted, and nothing else', () => {
    expect(csvLine(['a b', 1.5, true, null, undefined, ''])).toBe('a b,1.5,true,,,')
    expect(csvLine(['a,b', 'say "hi"', 'two\nlines', 'a\rb'])).toBe('"a,b","say ""hi""","two\nlines","a\rb"')
    expect(csv(['x'], [[1], [2]])).toBe('x\n1\n2')
  })

  test('is read as it was written', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' '), maxLength: 6 })
    const rows = fc
      .integer({ min: 2, max: 4 })
      .chain(width => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }))
    fc.assert(
      fc.property(rows, each => {
        expect(parsed(`${each.map(csvLine).join('\n')}\n`)).toEqual(each)
      }),
    )
  })
})

async function rowsOf(...args: string[]): Promise<Record<string, string>[]> {
  const { code, stdout, stderr } = await depthwise(...args, '--csv')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [head = [], ...rows] = parsed(stdout)
  for (const row of rows) expect(row).toHaveLength(head.length)
  return rows.map(row => Object.fromEntries(head.map((name, at) => [name, row[at] as string])))
}

describe('--csv', () => {
  test('classify: a row a prediction, also for names with commas and quotes', async () => {
    const odd = join(temporaryFolder(), 'a "star", drawn.png')
    copyFileSync(join(samples, 'star.png'), odd)
    const images = [odd, join(samples, '3.png')]
    const args = ['classify', ...images, '--checkpoint', 'default', '--top', '2']
    const rows = await rowsOf(...args)
    const lines = jsonLines<{ image: string; predictions: { index: number; label: string; probability: number }[] }>(
      (await depthwise(...args, '--json')).stdout,
    )
    expect(rows).toEqual(
      lines.flatMap(({ image, predictions }) =>
        predictions.map(({ index, label, probability }, at) => ({
          image,
          rank: `${at + 1}`,
          index: `${index}`,
          label,
          probability: `${probability}`,
        })),
      ),
    )
    expect(rows[0]?.['image']).toBe(odd)
  })

  test('embed: a row an image, a column a number', async () => {
    const args = ['embed', join(samples, '3.png'), join(samples, '7.png'), '--checkpoint', 'default']
    const rows = await rowsOf(...args)
    const lines = jsonLines<{ image: string; embedding: number[] }>((await depthwise(...args, '--json')).stdout)
    expect(rows.map(({ image, ...numbers }) => [image, Object.values(numbers).map(Number)])).toEqual(
      lines.map(({ image, embedding }) => [image, embedding]),
    )
  })

  test('cost and inspect: a row a layer', async () => {
    const cost = await rowsOf('cost', '--model', 'mobilenet_v2')
    expect(cost.reduce((sum, { macs }) => sum + Number(macs), 0)).toBe(300_774_272)
    expect(cost[1]).toEqual({
      name: 'Conv1',
      kind: 'conv2d',
      output: '1x112x112x32',
      macs: '10838016',
      params: '864',
      weightBytes: '3456',
    })
    const inspected = await rowsOf('inspect', 'default')
    expect(inspected.reduce((sum, { params }) => sum + Number(params), 0)).toBe(299_864)
    expect(inspected[1]?.['inputs']).toBe('input')
  })

  test('the tables of the other commands', async () => {
    expect((await rowsOf('checkpoints')).find(({ name }) => name === 'coral-v2-1.0-224-uint8')).toMatchObject({
      network: 'mobilenet_v2',
      alpha: '1',
      resolution: '224',
    })
    expect((await rowsOf('backends')).map(({ backend }) => backend)).toEqual(['reference', 'wasm', 'webgpu'])
    expect((await rowsOf('pick', '--max-macs', '60e6', '--min-top1', '60')).map(({ alpha }) => alpha)).toEqual([
      '0.5',
      '1',
      '0.35',
    ])
    expect((await rowsOf('manifold', '--n', '2,3', '--seeds', '1')).map(({ n }) => n)).toEqual(['2', '3'])
    const parity = await rowsOf('parity', '--checkpoint', 'default')
    expect(parity.every(({ within }) => within === 'true')).toBe(true)
    const [short, long] = await Promise.all([depthwise('sweep', '--csv'), depthwise('sweep', '--format', 'csv')])
    expect(short).toEqual(long)
    expect((await depthwise('sweep', '--json')).stdout).toBe((await depthwise('sweep', '--format', 'json')).stdout)
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { GraphBuilder, type Metadata, tensor } from '@depthwise/core'
import { writeModel } from '@depthwise/formats'
import { depthwise } from '@depthwise/testing/command'
import { temporaryFolder } from '@depthwise/testing/temporary'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { classified } from './classified.ts'

/** What the red image below gives: a logit of 2. */
const sigmoidOf2 = 1 / (1 + Math.exp(-2))

function saved(metadata: Metadata = {}): string {
  const b = new GraphBuilder()
  const x = b.input([1, 8, 8, 3], { name: 'image' })
  const graph = b.build([b.dense(b.globalAveragePool(x), { name: 'fc', units: 1 })])
  const params = new Map([
    ['fc/weights', tensor([3, 1], [2, -1, -1])],
    ['fc/bias', tensor([1], [0])],
  ])
  const path = join(temporaryFolder(), 'one.depthwise')
  const preprocessing = { crop: 'squeeze', normalization: 'unit' } as const
  writeFileSync(path, writeModel({ graph, params, metadata: { preprocessing, ...metadata } }))
  return path
}

async function red(): Promise<string> {
  const path = join(temporaryFolder(), 'red.png')
  await sharp({ create: { width: 20, height: 20, channels: 3, background: '#f00' } }).toFile(path)
  return path
}

function labelFile(...labels: string[]): string {
  const path = join(temporaryFolder(), 'labels.txt')
  writeFileSync(path, `${labels.join('\n')}\n`)
  return path
}

describe('a network of one output, on the command line', () => {
  test.each<[string, Metadata, () => readonly string[], [string, string]]>([
    ['without labels', {}, () => [], ['1', '0']],
    ['with two of its own', { labels: ['cat', 'dog'] }, () => [], ['dog', 'cat']],
    ['with one of its own', { labels: ['mask'] }, () => [], ['mask', 'not mask']],
    ['with a file of two', {}, () => ['--labels', labelFile('no', 'yes')], ['yes', 'no']],
    ['with a file of one', {}, () => ['--labels', labelFile('person')], ['person', 'not person']],
  ])('is classified as two classes: %s', async (_, metadata, options, expected) => {
    const [line] = await classified(await red(), '--checkpoint', saved(metadata), ...options())
    expect(line?.predictions.map(({ label }) => label)).toEqual(expected)
    expect(line?.predictions.map(({ index }) => index)).toEqual([1, 0])
    expect(line?.predictions[0]?.probability).toBeCloseTo(sigmoidOf2, 3)
    expect(line?.predictions[1]?.probability).toBeCloseTo(1 - sigmoidOf2, 3)
  })

  test('can be asked among its classes', async () => {
    const [line] = await classified(await red(), '--checkpoint', saved({ labels: ['cat', 'dog'] }), '--among', 'cat')
    expect(line?.predictions).toEqual([{ index: 0, label: 'cat', probability: 1 }])
  })

  test('refuses a file of three labels', async () => {
    const file = labelFile('a', 'b', 'c')
    const { code, stderr } = await depthwise('classify', await red(), '--checkpoint', saved(), '--labels', file)
    expect(code).not.toBe(0)
    expect(stderr).toContain(`${file}: expected 2 labels, one a line, found 3`)
  })

  test('is compiled to two classes', async () => {
    const folder = join(temporaryFolder(), 'compiled')
    const checkpoint = saved({ labels: ['mask'] })
    const { code } = await depthwise('compile', '--checkpoint', checkpoint, '-o', folder, '--top', '2', '--name', 'net')
    expect(code).toBe(0)
    const { load } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'net.js')).href)
    const net = await load()
    const predictions = net.run(Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i % 3 === 0 ? 255 : 0)))
    expect(predictions.map(({ label }: { label: string }) => label)).toEqual(['mask', 'not mask'])
    expect(predictions[0].probability).toBeCloseTo(sigmoidOf2, 3)
  })
})

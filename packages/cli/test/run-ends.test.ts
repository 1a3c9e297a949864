import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GraphBuilder, type Tensor, tensor } from '@depthwise/core'
import { readNpy, readNpz, writeModel, writeNpy, writeNpz } from '@depthwise/formats'
import { depthwise } from '@depthwise/testing/command'
import { temporaryFile, temporaryFolder } from '@depthwise/testing/temporary'
import { beforeEach, describe, expect, test } from 'vitest'

/** `sum` is a + b, `"x/ratio=2:0"` is twice a: a name as hard to take apart as names of TensorFlow get. */
function twoByTwo(): string {
  const b = new GraphBuilder()
  const [first, second] = ['a', 'b'].map(name => b.input([1, 3], { name })) as [
    ReturnType<typeof b.input>,
    ReturnType<typeof b.input>,
  ]
  const twice = b.add(first, first, { name: 'x/ratio=2:0' })
  return temporaryFile(
    'net',
    writeModel({ graph: b.build([b.add(first, second, { name: 'sum' }), twice]), params: new Map(), metadata: {} }),
  )
}

const read = (path: string): Tensor => readNpy(new Uint8Array(readFileSync(path)))
const values = { a: tensor([1, 3], [1, 2, 3]), b: tensor([1, 3], [10, 20, 30]) }
const sum = [11, 22, 33]
const ratio = [2, 4, 6]

let folder = ''
let net = ''
let inputs: string[] = []
beforeEach(() => {
  folder = temporaryFolder()
  net = twoByTwo()
  const files = Object.entries(values).map(
    ([name, value]) => `${name}=${temporaryFile(`${name}.npy`, writeNpy(value))}`,
  )
  inputs = files.flatMap(file => ['--input', file])
})

const run = (...args: string[]) => depthwise('run', '--checkpoint', net, ...args)
const out = (name: string): string => join(folder, name)

describe('outputs of a network that has several', () => {
  test('each goes into the file that it is named with, in any order; one alone is enough', async () => {
    const both = await run(...inputs, '--output', `x/ratio=2:0=${out('r.npy')}`, '--output', `sum=${out('s=1.npy')}`)
    expect(both, both.stderr).toMatchObject({ code: 0, stdout: '' })
    expect(both.stderr).toContain('"sum" float32 1x3')
    expect(Array.from(read(out('s=1.npy')).data)).toEqual(sum)
    expect(Array.from(read(out('r.npy')).data)).toEqual(ratio)
    expect((await run(...inputs, '--output', `sum=${out('alone.npy')}`)).code).toBe(0)
    expect(Array.from(read(out('alone.npy')).data)).toEqual(sum)
  })

  test('all of them go into one archive, by name', async () => {
    expect((await run(...inputs, '--output', out('all.npz'))).code).toBe(0)
    const arrays = readNpz(new Uint8Array(readFileSync(out('all.npz'))))
    expect([...arrays].map(([name, { data }]) => [name, Array.from(data)])).toEqual([
      ['sum', sum],
      ['x/ratio=2:0', ratio],
    ])
  })

  test.each<[what: string, outputs: (path: string) => string[], found: string]>([
    [
      'a file that does not say which',
      path => [path],
      'expected NAME=FILE for each output that is wanted, of "sum", "x/ratio=2:0", or a .npz file for all',
    ],
    ['a name that there is not', path => [`some=${path}`], '"sum", "x/ratio=2:0"'],
    ['a file for two', path => [`sum=${path}`, `x/ratio=2:0=${path}`], 'expected each file once'],
  ])('%s is refused, with the names, and nothing is written', async (_, outputs, found) => {
    const { code, stderr } = await run(...inputs, ...outputs(out('out.npy')).flatMap(each => ['--output', each]))
    expect(code).toBe(2)
    expect(stderr).toMatch(/^depthwise: option --output: [^\n]+\n$/)
    expect(stderr).toContain(found)
    expect(readdirSync(folder)).toEqual([])
  })

  test('none is written where one cannot be', async () => {
    const outputs = ['--output', `sum=${out('s.npy')}`, '--output', `x/ratio=2:0=${join(folder, 'missing', 'r.npy')}`]
    expect((await run(...inputs, ...outputs)).code).toBe(1)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('inputs of a network that has several', () => {
  const output = (): string[] => ['--output', `sum=${out('s.npy')}`]

  test('come from one archive, by name', async () => {
    const path = temporaryFile('in.npz', writeNpz(new Map(Object.entries(values))))
    expect((await run('--input', path, ...output())).code).toBe(0)
    expect(Array.from(read(out('s.npy')).data)).toEqual(sum)
  })

  test.each<[what: string, given: string[], found: string]>([
    ['one that is missing', ['a=<a>'], 'none for "b"'],
    ['one without a name', ['<a>', 'b=<b>'], 'for none of them'],
    ['a name that there is not', ['a=<a>', 'c=<b>'], '"c"'],
    ['one given twice', ['a=<a>', 'a=<b>'], 'two for "a"'],
  ])('%s is refused, with the names', async (_, given, found) => {
    const [a, b] = Object.values(values).map(value => temporaryFile('x.npy', writeNpy(value)))
    const paths = given.flatMap(each => ['--input', each.replace('<a>', a as string).replace('<b>', b as string)])
    const { code, stderr } = await run(...paths, ...output())
    expect({ code }, stderr).toEqual({ code: 2 })
    expect(stderr).toContain('option --input: expected NAME=FILE for each of "a", "b", found ')
    expect(stderr).toContain(found)
    expect(readdirSync(folder)).toEqual([])
  })

  test('of different batches are refused', async () => {
    const two = temporaryFile('two.npy', writeNpy(tensor([2, 3], [1, 2, 3, 4, 5, 6])))
    const one = temporaryFile('one.npy', writeNpy(values.b))
    const { code, stderr } = await run('--input', `a=${two}`, '--input', `b=${one}`, ...output())
    expect(code).toBe(2)
    expect(stderr).toContain('expected 2 items in every input, as in the first, found 1')
  })

  test('a file that is not there is named as a file', async () => {
    const { code, stderr } = await run('--input', 'a=missing.npy', ...output())
    expect(code).toBe(1)
    expect(stderr).toContain('depthwise: missing.npy: expected a .npy or .npz file, found no such file')
  })
})

test('files that exist are kept, unless --force is given', async () => {
  writeFileSync(out('s.npy'), 'before')
  const args = [...inputs, '--output', `sum=${out('s.npy')}`]
  const refused = await run(...args)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toBe(
    `depthwise: ${out('s.npy')}: expected a file that does not exist yet, or --force to replace it, found a file\n`,
  )
  expect(readFileSync(out('s.npy'), 'utf8')).toBe('before')
  expect((await run(...args, '--force')).code).toBe(0)
  expect(Array.from(read(out('s.npy')).data)).toEqual(sum)
})

import { readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

const examples = [
  ['models-example.ts', () => import('./models-example.ts'), 3],
  ['weights-example.ts', () => import('./weights-example.ts'), 2],
  ['heads-example.ts', () => import('./heads-example.ts'), 3],
  ['drawing-example.ts', () => import('./drawing-example.ts'), 1],
  ['quantize-example.ts', () => import('./quantize-example.ts'), 2],
] as const

it('the README has these examples and no others', async () => {
  const blocks = [...(await read('../../packages/models/README.md')).matchAll(/```ts\n(.*?)```/gs)]
  expect(blocks.map(([, block]) => block)).toEqual(await Promise.all(examples.map(([file]) => read(`./${file}`))))
})

it.each(examples)('the example of the models’ README in %s prints what it says', async (file, run, count) => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await run()
  const printed = log.mock.calls.map(values => values.join(' '))
  log.mockRestore()
  const promised = [...(await read(`./${file}`)).matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, said]) => said)
  expect(promised).toHaveLength(count)
  expect(printed).toEqual(promised)
})

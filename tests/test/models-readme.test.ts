import { readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

it('the example of the models’ README is the one tested here, and prints what it says', async () => {
  const [, block = ''] = /```ts\n(.*?)```/s.exec(await read('../../packages/models/README.md')) ?? []
  expect(block).toBe(await read('./models-example.ts'))
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await import('./models-example.ts')
  const printed = log.mock.calls.map(values => values.join(' '))
  log.mockRestore()
  const promised = [...block.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, comment]) => comment)
  expect(promised).toHaveLength(3)
  expect(printed).toEqual(promised)
})

import { readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

it('the example of the README is the one tested here, and prints what it says', async () => {
  const [, block] = /```ts\n(.*?)```/s.exec(await read('../README.md')) ?? []
  expect(block).toBe(await read('./example.ts'))
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  await import('./example.ts')
  const promised = / \/\/ (.*)$/m.exec(block?.split('\n').findLast(line => line.startsWith('console.log')) ?? '')?.[1]
  expect(printed.mock.calls).toEqual([[promised]])
})

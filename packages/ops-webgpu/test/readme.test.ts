import { readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

it.each([
  ['./example.ts', 0],
  ['./example-tuning.ts', 1],
])('the example of the README is the one tested here, and prints what it says: %s', async (file, index) => {
  const block = [...(await read('../README.md')).matchAll(/```ts\n(.*?)```/gs)][index]?.[1]
  expect(block).toBe(await read(file))
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  await import(file)
  const promised = / \/\/ (.*)$/m.exec(block?.split('\n').findLast(line => line.startsWith('console.log')) ?? '')?.[1]
  expect(printed.mock.calls).toEqual([[promised]])
  printed.mockRestore()
})

import { readFile } from 'node:fs/promises'
import { afterEach, expect, it, vi } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

afterEach(() => {
  vi.restoreAllMocks()
})

it.each([
  [0, './readme-session.ts'],
  [1, './readme-wasm.ts'],
  [2, './readme-aot.ts'],
])('example %i of the README is the one tested here, and prints what it says', async (index, file) => {
  const block = [...(await read('../README.md')).matchAll(/```ts\n(.*?)```/gs)][index]?.[1]
  expect(block).toBe(await read(file))
  const { formatWithOptions } = await import('node:util')
  const printed: string[] = []
  vi.spyOn(console, 'log').mockImplementation((...values) => {
    printed.push(formatWithOptions({}, ...values))
  })
  await import(file)
  const promised = / \/\/ (.*)$/m.exec(block?.split('\n').findLast(line => line.startsWith('console.log')) ?? '')?.[1]
  expect(printed).toEqual([promised])
})

import { readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

it('the example of ONNX in the README is the one tested here, and prints what it says', async () => {
  const [, section] = (await read('../README.md')).split('## ONNX')
  const [, block] = /```ts\n(.*?)```/s.exec(section ?? '') ?? []
  expect(block).toBe(await read('./onnx-readme-example.ts'))
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  await import('./onnx-readme-example.ts')
  const promised = / \/\/ (.*)$/m.exec(block?.split('\n').findLast(line => line.startsWith('console.log')) ?? '')?.[1]
  expect(printed.mock.calls).toEqual([[promised]])
})

import { readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

it('the example of the README is the one tested here, and prints what it says', async () => {
  const readme = await read('../README.md')
  expect(/```ts\n(.*?)```/s.exec(readme)?.[1]).toBe(await read('./readme-example.ts'))
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  await import('./readme-example.ts')
  expect(printed.mock.calls.flat().join('\n')).toBe(/```text\n(.*?)\n```/s.exec(readme)?.[1])
})

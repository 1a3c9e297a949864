import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
const [, block = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []

it("the example of the README is the one that the package's tests run", async () => {
  expect(block).toBe(await readFile(`${root}packages/depthwise/test/readme-example.ts`, 'utf8'))
})

it('every link of the README into the repository leads somewhere', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path)
  expect(links.length).toBeGreaterThanOrEqual(8)
  expect(links.filter(path => !existsSync(root + path))).toEqual([])
})

it('the README lists every package', () => {
  const listed = [...readme.matchAll(/^\| \[`@depthwise\/([\w-]+)`\]\(packages\/\1\/README\.md\)/gm)].map(
    ([, name]) => name,
  )
  expect(listed).toEqual(expect.arrayContaining(['core', 'ops-cpu', 'models', 'cost', 'formats', 'cli']))
})

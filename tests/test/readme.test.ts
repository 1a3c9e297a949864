import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { describeShared } from '../shared/data.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
const [, block = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []

it('the example of the README is the one tested here', async () => {
  expect(block).toBe(await readFile(new URL('./readme-example.ts', import.meta.url), 'utf8'))
})

it('every link of the README into the repository leads somewhere', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path)
  expect(links.length).toBeGreaterThanOrEqual(8)
  expect(links.filter(path => !existsSync(root + path))).toEqual([])
})

it('the README tells of every package', () => {
  const listed = [...readme.matchAll(/^\| \[`@depthwise\/([\w-]+)`\]\(packages\/\1\/README\.md\)/gm)].map(
    ([, name]) => name,
  )
  expect(listed).toEqual(expect.arrayContaining(['core', 'ops-cpu', 'models', 'cost', 'formats', 'cli']))
})

describeShared('the example of the README', () => {
  it('runs as it stands, from the root, and prints what it says', async () => {
    const example = fileURLToPath(new URL('./readme-example.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [example], { cwd: root })
    expect(stdout.trim()).toBe(/console\.log\(.*\) \/\/ (.*)/.exec(block)?.[1])
  })
})

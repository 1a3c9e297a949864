import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const guide = read('docs/adding-a-format.md')
const blocks = [...guide.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, path = '', code = '']) => ({ path, code }))
const listed = /## The files of the commit\n\n```\n(.*?)\n```/s.exec(guide)?.[1]?.split('\n') ?? []

it('shows code as it stands in the sources', () => {
  expect(blocks).toHaveLength(6)
  // Sources indent it, and break its lines, by where it stands in them.
  const flat = (code: string): string => code.replaceAll(/\s+/g, ' ')
  for (const { path, code } of blocks) expect(flat(read(path))).toContain(flat(code))
})

it('links to files that are there, and lists tests that are', () => {
  const links = [...guide.matchAll(/\]\((\S+?)\)/g)].map(([, path = '']) => new URL(path, new URL('docs/', root)))
  expect(links.length).toBeGreaterThan(15)
  expect(links.filter(link => !existsSync(link))).toEqual([])
  const tests = [...guide.matchAll(/`([\w-]+\.test\.ts|kinds-of-files\.ts|readers\.ts|sound-files\.ts)`/g)]
  expect(tests.length).toBeGreaterThan(5)
  expect(tests.filter(([, name]) => !existsSync(new URL(`packages/formats/test/${name}`, root)))).toEqual([])
})

it('lists every file that the format takes', () => {
  expect(listed.length).toBeGreaterThan(15)
  expect(listed.filter(path => !existsSync(new URL(path, root)))).toEqual([])
  const files = globSync('{packages,apps}/*/{src,test}/**/*.{ts,tsx}', { cwd: fileURLToPath(root) })
  expect(files.filter(path => /gguf/i.test(path + read(path))).toSorted()).toEqual(
    listed.filter(path => /\.tsx?$/.test(path)).toSorted(),
  )
})

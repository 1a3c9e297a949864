import { existsSync, readFileSync } from 'node:fs'
import { cost } from '@depthwise/cost'
import { mobileNetV1 } from '@depthwise/models'
import { expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const guide = read('docs/adding-a-network.md')
const blocks = [...guide.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, path = '', code = '']) => ({ path, code }))

it('shows code as it stands in the sources', () => {
  expect(blocks).toHaveLength(5)
  for (const { path, code } of blocks) expect(read(path)).toContain(code)
})

it('links to files that are there, and lists tests that are', () => {
  const links = [...guide.matchAll(/\]\((\S+?)\)/g)].map(([, path = '']) => new URL(path, new URL('docs/', root)))
  expect(links.length).toBeGreaterThan(8)
  expect(links.filter(link => !existsSync(link))).toEqual([])
  const tests = [...guide.matchAll(/`([\w-]+\.test\.ts|weights-names\.ts)`/g)].map(([, name = '']) => name)
  expect(tests.length).toBeGreaterThan(5)
  expect(tests.filter(name => !existsSync(new URL(`packages/models/test/${name}`, root)))).toEqual([])
})

it("states V1's figures", () => {
  const { total } = cost(mobileNetV1())
  expect(guide).toContain(`${total.macs.toLocaleString('en')} MACs; ${total.params.toLocaleString('en')} parameters`)
})

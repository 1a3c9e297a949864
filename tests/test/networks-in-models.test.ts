import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// core and formats know no network: adding one is a matter of models (docs/adding-a-network.md).

const packages = fileURLToPath(new URL('../../packages', import.meta.url))

/** Lines of code that name a network; comments may, as an example. */
function naming(source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
  return code.split('\n').filter(line => /mobile_?net/i.test(line))
}

it.each(['core', 'formats'])('no code of %s names a network', folder => {
  const root = join(packages, folder, 'src')
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  expect(sources.length).toBeGreaterThan(20)
  expect(
    sources.flatMap(file => naming(readFileSync(join(root, file), 'utf8')).map(line => `${file}: ${line}`)),
  ).toEqual([])
})

it('finds one in code, and not in comments', () => {
  expect(naming("const a = 'mobilenet_v1' // MobileNet")).toHaveLength(1)
  expect(naming('/** As of MobileNet V2. */\nconst a = 1 // MobileNet')).toEqual([])
})

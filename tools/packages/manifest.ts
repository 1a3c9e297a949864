import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { failOnAny } from './report.ts'
import type { Manifest, Package } from './workspace.ts'

/** An entry point that is code. */
interface TypedEntry {
  readonly types: string
  /** For Node, where that is another file. */
  readonly node?: string
  readonly default: string
}

/** Throws a list of what is missing from a package that people are to install. */
export function checkManifest({ path, manifest, folder }: Package): void {
  const problems: string[] = []
  const expect = (holds: boolean, wish: string): void => {
    if (!holds) problems.push(wish)
  }
  const text = (file: string): string => (existsSync(join(path, file)) ? readFileSync(join(path, file), 'utf8') : '')
  const name = folder === 'depthwise' ? folder : `@depthwise/${folder}`
  expect(manifest.name === name, `a name that is ${name}`)
  expect(manifest.sideEffects === false, '"sideEffects": false')
  expect(manifest.type === 'module', '"type": "module"')
  expect(
    manifest.license === 'MIT' && text('LICENSE').startsWith('MIT License'),
    'the MIT licence, in LICENSE and package.json',
  )
  expect(manifest.engines?.['node'] === '>=20', '"engines": { "node": ">=20" }')
  expect(manifest.publishConfig?.access === 'public', '"publishConfig": { "access": "public" }')
  expect(text('README.md').startsWith(`# ${manifest.name}\n`), `a README.md titled # ${manifest.name}`)
  for (const field of ['repository', 'homepage', 'bugs'] as const) {
    expect(manifest[field] === undefined, `no "${field}": .pnpmfile.mjs fills it in from the root package.json`)
  }
  expect(/```(?:ts|sh)\n/.test(text('README.md')), 'an example in README.md')
  const [here, there] = [manifest.exports, manifest.publishConfig?.exports].map(map =>
    Object.keys(map ?? {}).toSorted(),
  )
  expect(
    here?.length !== 0 && `${here}` === `${there}`,
    'the same entry points in "exports" and "publishConfig"."exports"',
  )
  expectOldResolution(manifest, expect)
  failOnAny(problems.map(problem => `expected ${problem}`))
}

/**
 * Resolvers that do not know `exports` (TypeScript under `module: commonjs`, up to 5) look for `main`, `types` and
 * `typesVersions`, which have to name the same files.
 */
function expectOldResolution({ publishConfig }: Manifest, expect: (holds: boolean, wish: string) => void): void {
  const entries = Object.entries(publishConfig?.exports ?? {}).filter(
    (entry): entry is [string, TypedEntry] => typeof entry[1] === 'object',
  )
  const [root] = entries.filter(([path]) => path === '.')
  const main = root?.[1].node ?? root?.[1].default
  expect(publishConfig?.main === main, `"publishConfig"."main": "${main}"`)
  expect(publishConfig?.types === root?.[1].types, `"publishConfig"."types": "${root?.[1].types}"`)
  const paths = entries.filter(([path]) => path !== '.').map(([path, { types }]) => [path.slice(2), [types]])
  const wanted = paths.length > 0 ? { '*': Object.fromEntries(paths) } : undefined
  const versions = publishConfig?.typesVersions
  expect(
    JSON.stringify(versions) === JSON.stringify(wanted),
    `"publishConfig"."typesVersions": ${JSON.stringify(wanted)}`,
  )
}

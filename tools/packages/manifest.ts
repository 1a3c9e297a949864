import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { complain } from './report.ts'
import type { Package } from './workspace.ts'

/** Throws a list of what is missing from a package that people are to install. */
export function checkManifest({ path, manifest, folder }: Package): void {
  const problems: string[] = []
  const expect = (holds: boolean, wish: string): void => {
    if (!holds) problems.push(wish)
  }
  const text = (file: string): string => (existsSync(join(path, file)) ? readFileSync(join(path, file), 'utf8') : '')
  expect(manifest.name === `@depthwise/${folder}`, `a name that is @depthwise/${folder}`)
  expect(manifest.sideEffects === false, '"sideEffects": false')
  expect(manifest.type === 'module', '"type": "module"')
  expect(
    manifest.license === 'MIT' && text('LICENSE').startsWith('MIT License'),
    'the MIT licence, in LICENSE and package.json',
  )
  expect(manifest.engines?.['node'] === '>=20', '"engines": { "node": ">=20" }')
  expect(manifest.publishConfig?.access === 'public', '"publishConfig": { "access": "public" }')
  expect(text('README.md').startsWith(`# ${manifest.name}\n`), `a README.md titled # ${manifest.name}`)
  expect(/```(?:ts|sh)\n/.test(text('README.md')), 'an example in README.md')
  const [here, there] = [manifest.exports, manifest.publishConfig?.exports].map(map =>
    Object.keys(map ?? {}).toSorted(),
  )
  expect(
    here?.length !== 0 && `${here}` === `${there}`,
    'the same entry points in "exports" and "publishConfig"."exports"',
  )
  complain(problems.map(problem => `expected ${problem}`))
}

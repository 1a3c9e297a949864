import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { addressFields } from '../../.pnpmfile.mjs'
import { failOnAny } from './report.ts'
import { asUser, own, run } from './run.ts'
import { type Package, root, rootManifest } from './workspace.ts'

/** Packs every public package into a folder; the tarballs by package name. */
export async function pack(packages: readonly Package[], folder: string): Promise<ReadonlyMap<string, string>> {
  const filters = packages.flatMap(({ manifest }) => ['--filter', manifest.name])
  await asUser('npx', ['-y', 'pnpm@12.21.0', '-r', ...filters, 'pack', '--pack-destination', folder], root)
  return new Map(
    packages.map(({ manifest: { name, version } }) => {
      const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
      if (!readdirSync(folder).includes(file)) throw new Error(`${name} was packed as something else than ${file}`)
      return [name, join(folder, file)]
    }),
  )
}

const tests = /(?:^|\/)(?:tests?|src)\/|\.test\./

/** Throws unless a tarball holds what is needed and nothing that points out of it. */
export async function checkContents(tarball: string, folder: string, each: Package): Promise<string> {
  await run('tar', ['xzf', tarball, '-C', folder])
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = files.map(entry => join(entry.parentPath, entry.name))
  const names = paths.map(path => path.slice(join(folder, 'package/').length))
  const missing = ['README.md', 'LICENSE', 'package.json', 'dist/index.js', 'dist/index.d.ts'].filter(
    name => !names.includes(name),
  )
  const outside = paths.filter(path => readFileSync(path, 'latin1').includes('../shared'))
  const packed = readFileSync(join(folder, 'package/package.json'), 'utf8')
  failOnAny([
    ...missing.map(name => `${name} is missing`),
    ...names.filter(name => tests.test(name)).map(name => `${name} should stay at home`),
    ...outside.map(path => `${path.slice(folder.length)} speaks of ../shared`),
    ...(packed.includes('workspace:') ? ['workspace: versions are left'] : []),
    ...wrongAddress(JSON.parse(packed), `packages/${each.folder}`),
  ])
  return `${names.length} files`
}

/** Fields of a packed manifest that do not follow from the address in the root manifest; while that has none, any. */
function wrongAddress(packed: Readonly<Record<string, unknown>>, directory: string): readonly string[] {
  const wanted: Readonly<Record<string, unknown>> = addressFields(rootManifest(), directory)
  return ['repository', 'homepage', 'bugs']
    .filter(field => JSON.stringify(packed[field]) !== JSON.stringify(wanted[field]))
    .map(field => `"${field}" is ${JSON.stringify(packed[field])}, expected ${JSON.stringify(wanted[field])}`)
}

/** publint, warnings and suggestions included, on a tarball that `checkContents` unpacked into this folder. */
export async function checkWithPublint(folder: string): Promise<void> {
  const pkgDir = join(folder, 'package')
  const { messages, pkg } = await publint({ pkgDir, level: 'suggestion', strict: true, pack: false })
  failOnAny(messages.map(message => formatMessage(message, pkg, { color: false }) ?? message.code))
}

/** "Are the types wrong?", over every entry point that has any: files of weights have none. */
export async function checkWithAttw(tarball: string): Promise<void> {
  const untyped = ['--exclude-entrypoints', './default.depthwise']
  await run(own('attw'), [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-color', ...untyped])
}

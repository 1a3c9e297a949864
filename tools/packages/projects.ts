import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { asUser } from './run.ts'
import { root } from './workspace.ts'

/** Tarballs by package name. */
export type Tarballs = ReadonlyMap<string, string>

function emptyProject(folder: string, manifest: Readonly<Record<string, unknown>>): void {
  mkdirSync(folder)
  const written = { name: 'consumer', private: true, type: 'module', ...manifest }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(written, null, 2))
}

/** Installs packages by npm, which may not ask any registry: nothing but what is handed in may be needed. */
export async function installOffline(folder: string, tarballs: readonly string[]): Promise<string> {
  emptyProject(folder, {})
  const options = ['--offline', '--no-audit', '--no-fund', '--engine-strict']
  await asUser('npm', ['install', ...options, ...tarballs.map(path => relative(folder, path))], folder)
  return `${tarballs.length} packages`
}

const readmeLine = 'npm i /path/to/dist/tarballs/*.tgz sharp'

/** Installs all packages by npm, as the README says, and runs the command line that comes with them. */
export async function installAsReadmeSays(folder: string, tarballs: Tarballs): Promise<string> {
  if (!readFileSync(join(root, 'README.md'), 'utf8').includes(readmeLine)) throw new Error(`no "${readmeLine}"`)
  emptyProject(folder, {})
  const options = ['--prefer-offline', '--no-audit', '--no-fund']
  await asUser('npm', ['install', ...options, ...tarballs.values(), 'sharp'], folder)
  return `depthwise ${await asUser('npx', ['--no', 'depthwise', '--', '--version'], folder)}`
}

/**
 * Installs all packages by pnpm, with what they depend on and sharp, which decodes images for them. An engine that anything in
 * the tree does not admit is an error.
 * @param node the Node to install with; default: the user's own
 */
export async function installEverything(folder: string, tarballs: Tarballs, node?: string): Promise<string> {
  const files = [...tarballs].map(([name, path]) => [name, `file:${relative(folder, path)}`] as const)
  emptyProject(folder, { dependencies: { ...Object.fromEntries(files), sharp: '^0.35.5' } })
  await installWithTarballs(folder, tarballs, node)
  return `${files.length} packages`
}

/** Installs a project by pnpm as its manifest says, with tarballs for the packages that no registry has yet. */
export async function installWithTarballs(folder: string, tarballs: Tarballs, node?: string): Promise<void> {
  const settings = [
    'overrides:',
    ...[...tarballs].map(([name, path]) => `  '${name}': 'file:${relative(folder, path)}'`),
    'engineStrict: true',
    'pmOnFail: ignore',
  ]
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), `${settings.join('\n')}\n`)
  await asUser('npx', ['-y', 'pnpm@12.21.0', 'install', '--prefer-offline', '--ignore-scripts'], folder, node)
}

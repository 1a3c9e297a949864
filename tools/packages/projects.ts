import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { asUser } from './run.ts'

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

/**
 * Installs all packages by pnpm, with what they depend on and sharp, which decodes images for them, on the user's own Node: an engine that anything in the tree does
 * not admit is an error.
 */
export async function installEverything(folder: string, tarballs: Tarballs): Promise<string> {
  const files = [...tarballs].map(([name, path]) => [name, `file:${relative(folder, path)}`] as const)
  emptyProject(folder, { dependencies: { ...Object.fromEntries(files), sharp: '^0.35.5' } })
  const settings = [
    // The house's packages depend on each other by version, which no registry has yet.
    'overrides:',
    ...files.map(([name, file]) => `  '${name}': '${file}'`),
    'engineStrict: true',
    'pmOnFail: ignore',
  ]
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), `${settings.join('\n')}\n`)
  await asUser('npx', ['-y', 'pnpm@12.21.0', 'install', '--prefer-offline', '--ignore-scripts'], folder)
  return `${files.length} packages`
}

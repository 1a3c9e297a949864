import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, spawnGroup } from '@depthwise/testing/engines/process-group'
import { repository } from '@depthwise/testing/shared-folder'
import type { Site } from '@depthwise/testing/site'
import { describe, expect, inject } from 'vitest'
import { dependenciesOf, importedPackages } from '../../tools/packages/arrows.ts'
import { asUser, run, userEnvironment } from '../../tools/packages/run.ts'
import { publicPackages } from '../../tools/packages/workspace.ts'

/** A suite that installs an example; where no registry answers its name says why it is skipped. */
export function describeInstalled(name: string, suite: () => void): void {
  const registry = inject('registry')
  describe.skipIf(!registry)(registry ? name : `${name} (skipped: no npm registry answers)`, suite)
}

/** What the README of every example says of its installation while nothing is on npm, options in front. */
const installLine = /^npm install (--[-a-z ]+ )?\/path\/to\/depthwise\/dist\/tarballs\/\*\.tgz$/m

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** An example as a user has it: copied, and installed from tarballs. */
export interface InstalledExample extends Disposable {
  readonly folder: string
  /** Runs a script of its package.json on the user's own Node. */
  script(name: string, ...args: readonly string[]): Promise<string>
  /** Runs a script that starts a server, and waits until it answers. */
  serve(name: string, options: ServeOptions): Promise<Site>
}

export interface ServeOptions {
  /** How the server calls the option for its address. */
  readonly host: '--host' | '--hostname'
}

/**
 * Copies an example out of the repository and installs it as its README says, with the tarballs of the packages that it needs.
 * @param node the Node to do it with; default: the user's own
 */
export async function install(example: string, node?: string): Promise<InstalledExample> {
  const source = `${repository}examples/${example}`
  const instruction = installLine.exec(readFileSync(`${source}/README.md`, 'utf8'))
  if (!instruction) throw new Error(`the README of ${example} does not say how it is installed from tarballs`)
  const parent = mkdtempSync(join(tmpdir(), `depthwise-${example}-`))
  const folder = join(parent, 'app')
  const dispose = (): void => rmSync(parent, { recursive: true, force: true, maxRetries: 3 })
  try {
    const isOwn = (path: string): boolean => !/\/(?:node_modules|\.next|dist)(?:\/|$)/.test(path.slice(source.length))
    cpSync(source, folder, { recursive: true, filter: isOwn })
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
    expect(undeclaredImports(folder, manifest)).toEqual([])
    const options = ['--prefer-offline', '--no-audit', '--no-fund', ...(instruction[1]?.trim().split(' ') ?? [])]
    await asUser('npm', ['install', ...options, ...tarballsFor(example, manifest)], folder, node)
  } catch (error) {
    dispose()
    throw error
  }
  return {
    folder,
    serve: (name, { host }) => startServer(folder, name, host),
    script: (name, ...args) =>
      run('npm', ['run', '--silent', name, '--', ...args], { cwd: folder, env: userEnvironment(node) }),
    [Symbol.dispose]: dispose,
  }
}

async function startServer(folder: string, script: string, host: string): Promise<Site> {
  const port = await freePort()
  const args = ['run', script, '--', host, '127.0.0.1', '--port', `${port}`]
  const env = { ...process.env, ...userEnvironment() }
  const server = spawnGroup('npm', args, { cwd: folder, env, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}/`
  while (!(await fetch(url).catch(() => null))?.ok) {
    if (server.child.exitCode !== null) throw new Error(`npm run ${script} has ended`)
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  return { url, [Symbol.asyncDispose]: () => server.stop() }
}

/** Tarballs of the packages that a manifest lists, and of those that they need in turn. */
function tarballsFor(example: string, { dependencies, devDependencies }: Manifest): readonly string[] {
  const packages = new Map(publicPackages().map(each => [each.manifest.name, each]))
  // The page without a bundler lists nothing: its import map starts at the package that it imports.
  const listed = example === 'html-esm' ? ['depthwise'] : Object.keys({ ...dependencies, ...devDependencies })
  const needed = new Set(listed.filter(name => packages.has(name)))
  // A set takes in what is added while it is walked.
  for (const name of needed) {
    const each = packages.get(name)
    for (const other of each ? dependenciesOf(each) : []) if (packages.has(other)) needed.add(other)
  }
  return [...needed].map(name => {
    const { version } = packages.get(name)?.manifest ?? {}
    return join(inject('tarballs'), `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  })
}

/** Packages that the example imports without listing them; npm would find some of them all the same. */
function undeclaredImports(folder: string, { name, dependencies, devDependencies }: Manifest): readonly string[] {
  const listed = new Set([name, ...Object.keys({ ...dependencies, ...devDependencies })])
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    /\.(?:[cm]?js|tsx?)$/.test(file),
  )
  return files.flatMap(file =>
    importedPackages(readFileSync(join(folder, file), 'utf8'))
      .filter(each => !listed.has(each))
      .map(each => `${file} imports ${each}`),
  )
}

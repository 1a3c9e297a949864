import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { failOnAny } from './report.ts'
import { warningsOfInstall, warningsOfNode } from './warnings.ts'
import { root } from './workspace.ts'

const execute = promisify(execFile)

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** What a program printed. */
export interface Printed {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program and returns its standard output.
 * @throws with everything it printed, when it fails
 */
export async function run(program: string, args: readonly string[], options?: RunOptions): Promise<string> {
  return (await runFully(program, args, options)).stdout
}

/** As `run`, with what it printed to standard error. */
export async function runFully(
  program: string,
  args: readonly string[],
  { cwd = root, env }: RunOptions = {},
): Promise<Printed> {
  try {
    return await execute(program, [...args], { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 })
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message,
    } = error as Error & { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${program} ${args.join(' ')}\n${(stdout + stderr).trim() || message}`)
  }
}

/** A program of the workspace's own node_modules. */
export const own = (name: string): string => join(root, 'node_modules/.bin', name)

/** The search path as a user has it: scripts see the workspace's own programs in front. */
export const userPath: string = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter(folder => !folder.includes('node_modules'))
  .join(delimiter)

/** As a user has it: no trace of the workspace's own pnpm and Node. `node` comes first on the search path, if given. */
export function userEnvironment(node?: string): Readonly<Record<string, string | undefined>> {
  const inherited = Object.keys(process.env).filter(
    name => /^(?:npm|pnpm)_/i.test(name) && !/registry|cache|cafile|proxy/i.test(name),
  )
  return {
    ...Object.fromEntries(inherited.map(name => [name, undefined])),
    PATH: node === undefined ? userPath : dirname(node) + delimiter + userPath,
    NODE_OPTIONS: '',
    NODE_ENV: undefined,
  }
}

/**
 * Runs npm or npx as a user would: with the system's Node or another one, not the workspace's.
 * @throws when it fails, or warns of something that our manifests can change
 */
export async function asUser(program: string, args: readonly string[], cwd: string, node?: string): Promise<string> {
  const { stdout, stderr } = await runFully(program, args, { cwd, env: userEnvironment(node) })
  failOnAny(warningsOfInstall(stdout + stderr))
  return stdout
}

/**
 * Runs a script in a Node that shows every warning it has.
 * @throws when it fails, or warns
 */
export async function runInNode(node: string, args: readonly string[], { cwd, env }: RunOptions = {}): Promise<string> {
  const shown = ['--trace-warnings', '--pending-deprecation', ...args]
  const { stdout, stderr } = await runFully(node, shown, { ...(cwd && { cwd }), env: { ...env, NODE_OPTIONS: '' } })
  failOnAny(warningsOfNode(stderr))
  return stdout
}

/** Every Node there is: the workspace's own, that of the tests, and those on the user's path, by version. */
export async function nodes(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const ours = [join(root, 'node_modules/.bin'), join(root, 'tests/node_modules/node22/bin')]
  for (const folder of [...ours, ...userPath.split(delimiter)]) {
    const program = join(folder, 'node')
    try {
      accessSync(program, constants.X_OK)
    } catch {
      continue
    }
    const version = (await run(program, ['--version'])).trim()
    if (!found.has(version)) found.set(version, program)
  }
  return found
}

import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './workspace.ts'

const execute = promisify(execFile)

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/**
 * Runs a program and returns its standard output.
 * @throws with everything it printed, when it fails
 */
export async function run(
  program: string,
  args: readonly string[],
  { cwd = root, env }: RunOptions = {},
): Promise<string> {
  try {
    const { stdout } = await execute(program, [...args], { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 })
    return stdout
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

/** Runs npm or npx as a user would: with the system's Node, not the workspace's. */
export function asUser(program: string, args: readonly string[], cwd: string): Promise<string> {
  return run(program, args, { cwd, env: { PATH: userPath, NODE_OPTIONS: '', npm_config_user_agent: undefined } })
}

/** Every Node there is: the workspace's own and those on the user's path, by version. */
export async function nodes(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const folder of [join(root, 'node_modules/.bin'), ...userPath.split(delimiter)]) {
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

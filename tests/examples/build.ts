import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { repository } from '../shared/data.ts'

/** Packages that examples import. */
export const imported = ['core', 'formats', 'models', 'ops-cpu', 'ops-webgpu'] as const

/**
 * Builds these packages before the first example is tried, since some run what would be published. A build that is there
 * already is taken from turbo's cache.
 */
export async function setup(): Promise<void> {
  const filters = imported.map(name => `--filter=@depthwise/${name}`)
  // turbo wants pnpm on its path.
  const turbo = ['-y', 'pnpm@12.21.0', 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only']
  await promisify(execFile)('npx', [...turbo, ...filters], { cwd: repository })
}

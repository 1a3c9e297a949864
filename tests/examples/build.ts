import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from '@depthwise/testing/shared-folder'
import type { TestProject } from 'vitest/node'
import { run, userEnvironment } from '../../tools/packages/run.ts'
import { pack } from '../../tools/packages/tarballs.ts'
import { publicPackages } from '../../tools/packages/workspace.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with a tarball of every public package. */
    readonly tarballs: string
    /** Whether a registry answers, from which examples install what others publish. */
    readonly registry: boolean
  }
}

/**
 * Builds and packs all packages before the first example is tried: examples are copied and installed with them, as users do. A
 * build that is there already is taken from turbo's cache.
 */
export async function setup({ provide }: TestProject): Promise<() => void> {
  // turbo wants pnpm on its path.
  const turbo = ['-y', 'pnpm@12.21.0', 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only']
  await promisify(execFile)('npx', [...turbo, '--filter=./packages/*'], { cwd: repository })
  const tarballs = mkdtempSync(join(tmpdir(), 'depthwise-tarballs-'))
  await pack(publicPackages(), tarballs)
  provide('tarballs', tarballs)
  provide('registry', await registryAnswers())
  return () => rmSync(tarballs, { recursive: true, force: true })
}

/** On a build machine it has to. */
async function registryAnswers(): Promise<boolean> {
  if (process.env['CI'] !== undefined) return true
  const args = ['view', 'vite', 'version', '--fetch-retries=0', '--fetch-timeout=10000']
  return run('npm', args, { cwd: tmpdir(), env: userEnvironment() }).then(Boolean, () => false)
}

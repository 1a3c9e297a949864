import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createServer } from 'vite'
import { repository } from '../shared/data.ts'
import type { Site } from './site.ts'

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'depthwise-example-'))
}

/** Runs a script of an example's package.json, as whoever copied it would. */
export function runScript(example: string, script: string, ...args: readonly string[]): Promise<unknown> {
  const cwd = `${repository}examples/${example}`
  // Vitest's `test` would make pages for development.
  const env = { ...process.env, NODE_ENV: 'production' }
  return promisify(execFile)('npm', ['run', '--silent', script, '--', ...args], { cwd, env })
}

/** An example's page, built. */
export async function built(example: string): Promise<Disposable & { readonly folder: string }> {
  const folder = temporaryFolder()
  await runScript(example, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn')
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The development server of an example, its cache in a folder of its own. */
export async function developed(example: string): Promise<Site> {
  const cacheDir = temporaryFolder()
  const root = `${repository}examples/${example}`
  const server = await createServer({
    root,
    cacheDir,
    logLevel: 'error',
    // Files are not watched: nobody edits them meanwhile.
    server: { host: '127.0.0.1', port: 0, watch: null },
  })
  await server.listen()
  return {
    url: server.resolvedUrls?.local[0] ?? '',
    async [Symbol.asyncDispose]() {
      await server.close()
      rmSync(cacheDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

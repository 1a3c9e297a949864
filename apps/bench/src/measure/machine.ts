import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { dirname, join } from 'node:path'
import type { Machine } from '../report/report.ts'

const require = createRequire(import.meta.url)
const packages = [
  'onnxruntime-web',
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@litertjs/core',
] as const

/** What is known of the machine before anything runs; the load behind the run is added at its end. */
export function describeMachine(browser: Pick<Machine, 'chromium' | 'adapter'>, flags: readonly string[]): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    ...browser,
    versions: Object.fromEntries(packages.map(name => [name, versionOf(name)])),
    flags,
    load: [load(), load()],
  }
}

/** Processes that want to run, on average over the last minute. */
export function load(): number {
  return Number((loadavg()[0] as number).toFixed(2))
}

/** From the package.json above a package's entry, which its exports need not show. */
function versionOf(name: string): string {
  let folder = dirname(require.resolve(name))
  for (;;) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string
        version?: string
      }
      if (found.name === name) return found.version ?? 'unknown'
    } catch {
      // No package.json here: it is further up.
    }
    if (dirname(folder) === folder) return 'unknown'
    folder = dirname(folder)
  }
}

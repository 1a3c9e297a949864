import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Machine } from '../report/report.ts'
import { packageFolder } from '../run/packages.ts'

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
    versions: Object.fromEntries(
      packages.flatMap(name => {
        const version = versionOf(name)
        return version === null ? [] : [[name, version]]
      }),
    ),
    flags,
    load: [load(), load()],
  }
}

/** Processes that want to run, on average over the last minute. */
export function load(): number {
  return Number((loadavg()[0] as number).toFixed(2))
}

/** From the package.json above a package's entry, which its exports need not show; null where it is not installed. */
function versionOf(name: string): string | null {
  const folder = packageFolder(name)
  if (folder === null) return null
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string }
  return version
}

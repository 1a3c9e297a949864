import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { own } from '../packages/run.ts'
import { root } from '../packages/workspace.ts'
import type { Mutant } from './list.ts'
import { nearestTests } from './nearest-tests.ts'
import type { UnitTests } from './unit-tests.ts'

/** What became of a mutant. `refused`: no test fails, but the sources no longer compile. */
export type Fate = 'killed' | 'stopped' | 'refused' | 'survived'

/**
 * Applies a mutant to its file, runs tests of its package, and restores the file, also when the process is stopped.
 * @param files how many files of tests are run, the nearest to the mutant
 */
export async function attempt(mutant: Mutant, tests: UnitTests, files: number): Promise<Fate> {
  const path = join(root, mutant.file)
  const text = readFileSync(path, 'utf8')
  if (text.slice(mutant.start, mutant.end) !== mutant.original) throw new Error(`${mutant.file} changed during the run`)
  const restore = () => writeFileSync(path, text)
  process.once('exit', restore)
  try {
    writeFileSync(path, text.slice(0, mutant.start) + mutant.replacement + text.slice(mutant.end))
    const nearest = nearestTests(mutant.folder, mutant.file).slice(0, files)
    const outcome = nearest.length === 0 ? 'passed' : await tests.run(nearest, mutant.file)
    if (outcome !== 'passed') return outcome === 'failed' ? 'killed' : 'stopped'
    // With few tests it may be killed yet.
    return nearest.length === files || compiles(mutant.folder) ? 'survived' : 'refused'
  } finally {
    restore()
    process.off('exit', restore)
  }
}

function compiles(folder: string): boolean {
  try {
    execFileSync(own('tsc'), ['-p', `packages/${folder}`, '--noEmit'], { cwd: root, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

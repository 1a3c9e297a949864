import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { own } from '../packages/run.ts'
import { root } from '../packages/workspace.ts'
import type { Mutant } from './list.ts'
import { runUnitTests } from './unit-tests.ts'

/** What became of a mutant. `refused`: no test fails, but the sources no longer compile. */
export type Fate = 'killed' | 'timed out' | 'refused' | 'survived'

/** Applies a mutant to its file, runs the tests of its package, and restores the file, also when the process is stopped. */
export async function attempt(mutant: Mutant, seconds: number): Promise<Fate> {
  const path = join(root, mutant.file)
  const text = readFileSync(path, 'utf8')
  if (text.slice(mutant.start, mutant.end) !== mutant.original) throw new Error(`${mutant.file} changed during the run`)
  const restore = () => writeFileSync(path, text)
  process.once('exit', restore)
  try {
    writeFileSync(path, text.slice(0, mutant.start) + mutant.replacement + text.slice(mutant.end))
    const outcome = await runUnitTests(mutant.folder, seconds)
    if (outcome !== 'passed') return outcome === 'failed' ? 'killed' : 'timed out'
    return compiles(mutant.folder) ? 'survived' : 'refused'
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

import { spawn } from 'node:child_process'
import { own } from '../packages/run.ts'
import { root } from '../packages/workspace.ts'

/** How a run of tests ended. */
export type Outcome = 'passed' | 'failed' | 'timed out'

/**
 * Runs the unit tests of one package, up to the first failure.
 * @param seconds after which the run is stopped: a mutant may loop for ever
 */
export async function runUnitTests(folder: string, seconds: number): Promise<Outcome> {
  const args = ['run', `--project=@depthwise/${folder}`, '--bail=1', '--maxWorkers=1', '--reporter=dot', '--no-color']
  // A process group of its own, so that workers stop with it.
  const child = spawn(own('vitest'), args, { cwd: root, detached: true, stdio: 'ignore' })
  const stop = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
  let outcome: Outcome | undefined
  const timer = setTimeout(() => {
    outcome = 'timed out'
    stop()
  }, seconds * 1000)
  process.once('exit', stop)
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('exit', resolve),
    )
    return outcome ?? (code === 0 ? 'passed' : 'failed')
  } finally {
    clearTimeout(timer)
    process.off('exit', stop)
  }
}

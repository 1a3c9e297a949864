import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { BaseSequencer, createVitest, type Reporter, type TestSpecification, type Vitest } from 'vitest/node'
import { root } from '../packages/workspace.ts'

/** How a run of tests ended. `stopped`: it took too long. */
export type Outcome = 'passed' | 'failed' | 'stopped'

/** Seconds of processor time that a process of tests may take: one file of them or, in packages whose tests are pure, all. */
const limit = 150

/** What is to be run, in this order, and what is known of it so far. */
interface Watch {
  order: readonly string[]
  hasFailed: boolean
}

/** The unit tests of packages, kept ready: a run transforms and loads only what changed since the last. */
export class UnitTests {
  readonly #vitest: Vitest
  readonly #specifications: readonly TestSpecification[]
  readonly #watch: Watch

  private constructor(vitest: Vitest, specifications: readonly TestSpecification[], watch: Watch) {
    this.#vitest = vitest
    this.#specifications = specifications
    this.#watch = watch
  }

  static async open(folders: readonly string[]): Promise<UnitTests> {
    const watch: Watch = { order: [], hasFailed: false }
    class InOrder extends BaseSequencer {
      override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
        return files.toSorted((a, b) => watch.order.indexOf(a.moduleId) - watch.order.indexOf(b.moduleId))
      }
    }
    const reporter: Reporter = {
      onTestCaseResult(test) {
        if (test.result().state === 'failed') watch.hasFailed = true
      },
      onTestModuleEnd(module) {
        if (module.state() === 'failed') watch.hasFailed = true
      },
    }
    const vitest = await createVitest('test', {
      root,
      project: folders.map(folder => `@depthwise/${folder}`),
      watch: false,
      bail: 1,
      maxWorkers: 1,
      reporters: [reporter],
      sequence: { sequencer: InOrder },
    })
    return new UnitTests(vitest, await vitest.globTestSpecifications(), watch)
  }

  /**
   * Runs files of tests in this order, up to the first failure.
   * @param changed a file that is another than in the last run
   */
  async run(files: readonly string[], changed: string): Promise<Outcome> {
    const order = files.map(file => join(root, file))
    this.#watch.order = order
    this.#watch.hasFailed = false
    this.#vitest.invalidateFile(join(root, changed))
    // Failures of the last run would count as some of this one, which then ends at once.
    this.#vitest.state.filesMap.clear()
    const timer = new Stopwatch()
    try {
      const specifications = this.#specifications.filter(({ moduleId }) => order.includes(moduleId))
      const { unhandledErrors } = await this.#vitest.runTestSpecifications(specifications, false)
      if (timer.hasStopped) return 'stopped'
      return this.#watch.hasFailed || unhandledErrors.length > 0 ? 'failed' : 'passed'
    } finally {
      timer.end()
      this.#vitest.invalidateFile(join(root, changed))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#vitest.close()
  }
}

/** Kills child processes that take more processor time than they may: how busy the machine is should not matter. */
class Stopwatch {
  hasStopped = false
  readonly #timer = setInterval(() => this.#look(), 5000)

  end(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const listed = execFileSync('ps', ['-o', 'pid=,cputimes=', '--ppid', `${process.pid}`], { encoding: 'utf8' })
    for (const line of listed.trim().split('\n')) {
      const [pid, seconds] = line.trim().split(/\s+/).map(Number)
      if (pid === undefined || seconds === undefined || seconds <= limit) continue
      this.hasStopped = true
      process.kill(pid, 'SIGKILL')
    }
  }
}

/** A check returns nothing, a figure worth printing or a finding; it throws why it failed. */
export type Check = () => unknown

/** What a check that passes has to say. */
export interface Finding {
  readonly figure: string
  /** Why somebody should look at it before it fails. */
  readonly warning?: string | undefined
  /** Lines to print below it. */
  readonly details?: readonly string[]
}

/** Runs checks and prints one line for each. */
export class Report {
  #passed = 0
  #failed = 0
  #warned = 0
  #skipped = 0

  /** Notes what is not checked here, and why; on a build machine that is a failure. */
  async skip(name: string, reason: string): Promise<void> {
    if (process.env['CI'] !== undefined) return this.check(name, () => failOnAny([reason]))
    this.#skipped += 1
    console.log(`skip ${name}: ${reason}`)
  }

  async check(name: string, work: Check): Promise<void> {
    const start = performance.now()
    try {
      const { figure, warning, details = [] } = findingOf(await work())
      this.#passed += 1
      if (warning !== undefined) this.#warned += 1
      this.#print(warning === undefined ? 'ok  ' : 'warn', name, figure, start)
      const lines = [...(warning === undefined ? [] : [warning]), ...details]
      if (lines.length > 0) console.log(indented(lines))
    } catch (error) {
      this.#failed += 1
      this.#print('FAIL', name, '', start)
      const message = error instanceof Error ? error.message : `${error}`
      console.log(indented(message.trim().split('\n')))
    }
  }

  /** Prints the sum; true when nothing failed. */
  close(): boolean {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : ''
    const warned = this.#warned > 0 ? ` (${this.#warned} with a warning)` : ''
    console.log(`${this.#passed} passed${warned}, ${this.#failed} failed${skipped}`)
    return this.#failed === 0
  }

  #print(verdict: string, name: string, figure: string, start: number): void {
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${verdict} ${name}${figure ? `: ${figure}` : ''} (${seconds} s)`)
  }
}

function findingOf(returned: unknown): Finding {
  if (typeof returned === 'string') return { figure: returned.trim() }
  if (typeof returned === 'object' && returned !== null && 'figure' in returned) return returned as Finding
  return { figure: '' }
}

const indented = (lines: readonly string[]): string => lines.map(line => `       ${line}`).join('\n')

/** Throws one error that lists everything found, unless nothing was. */
export function failOnAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

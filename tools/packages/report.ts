/** A check ends without a word, with a figure worth printing, or by throwing why it failed. */
export type Check = () => unknown

/** Runs checks and prints one line for each. */
export class Report {
  #passed = 0
  #failed = 0
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
      const figure = await work()
      this.#passed += 1
      this.#print('ok  ', name, typeof figure === 'string' ? figure.trim() : '', start)
    } catch (error) {
      this.#failed += 1
      this.#print('FAIL', name, '', start)
      console.log(indented(error instanceof Error ? error.message : `${error}`))
    }
  }

  /** Prints the sum; true when nothing failed. */
  close(): boolean {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : ''
    console.log(`${this.#passed} passed, ${this.#failed} failed${skipped}`)
    return this.#failed === 0
  }

  #print(verdict: string, name: string, figure: string, start: number): void {
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${verdict} ${name}${figure ? `: ${figure}` : ''} (${seconds} s)`)
  }
}

function indented(text: string): string {
  return text
    .trim()
    .split('\n')
    .map(line => `       ${line}`)
    .join('\n')
}

/** Throws one error that lists everything found, unless nothing was. */
export function failOnAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

import type { Reporter, TestModule } from 'vitest/node'

/**
 * Holds a run of the tests to a list of devices: each has to have gone through the conformance kit, and no other. A suite
 * that is gone, or that met another adapter than it was meant for, would else go unnoticed.
 *
 * A suite of the kit says which device it tests by its name: `device NAME`, or `device NAME, ANYTHING`.
 */
export class ExpectedDevices implements Reporter {
  readonly #expected: readonly string[]

  /** @param list names of devices, separated by spaces */
  constructor(list: string) {
    this.#expected = list.split(' ').filter(name => name !== '')
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const problem = expectationError(this.#expected, testedDevices(modules))
    if (problem === null) return
    console.error(`DEPTHWISE_EXPECTED_DEVICES: ${problem}`)
    process.exitCode = 1
  }
}

function testedDevices(modules: readonly TestModule[]): readonly string[] {
  const suites = modules.flatMap(module => [...module.children.suites()])
  return suites.flatMap(suite => {
    const device = /^device ([^\s,]+)/.exec(suite.name)?.[1]
    const passed = [...suite.children.allTests('passed')].length
    return device !== undefined && passed > 0 ? [device] : []
  })
}

/** What is wrong with the devices that were tested, in words; null where they are those that were expected. */
export function expectationError(expected: readonly string[], tested: readonly string[]): string | null {
  const missing = expected.filter(name => !tested.includes(name))
  const others = [...new Set(tested)].filter(name => !expected.includes(name))
  const parts = [
    missing.length > 0 && `no test of ${missing.join(', ')}`,
    others.length > 0 && `a test of ${others.join(', ')}, not on the list`,
  ]
  return parts.filter(part => part !== false).join('; ') || null
}

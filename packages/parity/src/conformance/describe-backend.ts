import { type Backend, type Capabilities, UnsupportedOpError } from '@depthwise/core'
import { allowanceOf, type StoredDType } from './allowance.ts'
import { networkCases, sampleNetwork } from './cases/networks.ts'
import { pixelCases } from './cases/pixels.ts'
import { valueCases } from './cases/values.ts'
import { windowCases } from './cases/windows.ts'
import { mismatches } from './check.ts'
import { behaviours } from './contract/behaviours.ts'
import { answered, type RealNetwork } from './real-networks.ts'
import type { Runner, SkippedCase } from './runner.ts'
import { seededParams } from './seeded.ts'
import { specialCases, specialMismatches, specials } from './specials.ts'
import { type KnownFailures, Suite, type Verdict } from './suite.ts'

/** The test runner, how strictly the kit tests, and which failures are known. */
export interface ConformanceOptions extends Runner, KnownFailures {
  /** What the suite is called. Default: the backend's name. */
  readonly name?: string
  /**
   * What one sum may be off, as a share of its absolute terms; single operations and functions get a twentieth of it.
   * Default 2e-5, float32's.
   */
  readonly tolerance?: number
  /** What weights, and values between ops, are stored as. Outputs are float32 either way. Default `float32`. */
  readonly dtype?: StoredDType
  /** Graphs a family of random shapes. Default 12; the same ones each time. */
  readonly rounds?: number
  /** Seed of the random shapes. Default 1. */
  readonly seed?: number
  /**
   * Of the 12 channel counts (1 to 9, 15 to 17), how many each op is tried with at each place of a graph. Fewer suit devices
   * on which every new graph is expensive; they rotate, so that each place still meets all 12. Default all.
   */
  readonly channelCounts?: number
  /** Real ones, when checkpoints are at hand. */
  readonly networks?: readonly RealNetwork[]
}

/**
 * The conformance kit: registers, with the runner it is given, everything a backend of Depthwise has to get right. Values are
 * held to a definition of every op that the kit brings, number by number, with an error bound that is carried from op to op;
 * NaN, infinities and denormals where the backend promises them. A backend that is not available fails one test.
 *
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * await describeBackend(myBackend(), { describe, it, expect })
 * ```
 * @returns what is skipped, and why; the names of those tests say it, too
 */
export async function describeBackend(backend: Backend, options: ConformanceOptions): Promise<readonly SkippedCase[]> {
  const { describe, name = backend.name, tolerance = 2e-5, rounds = 12, seed = 1, networks = [] } = options
  const allow = allowanceOf(tolerance, options.dtype)
  const { available, numerics, reasons } = await probed(backend)
  // Shapes are drawn by fast-check, which who only compares backends need not load.
  const { drawnByLot } = await import('./drawn.ts')
  const { placedCases, placedMismatches } = await import('./placed/placed.ts')
  const suite = new Suite(backend, options)
  describe(name, () => {
    if (!available) {
      suite.test('is available', async () => ({ found: reasons, wanted: ['nothing in its way'] }))
      return
    }
    describe('does what a backend promises', () => {
      for (const { name: what, look } of behaviours) suite.test(what, () => look(backend, allow), sampleNetwork)
    })
    const chapters = { windows: windowCases, values: valueCases, pixels: pixelCases, 'whole networks': networkCases }
    for (const [chapter, cases] of Object.entries(chapters)) {
      describe(chapter, () => {
        for (const each of cases) suite.compute(each, () => mismatches(backend, each, allow))
      })
    }
    describe('every op at every place', () => {
      for (const placed of placedCases(options.channelCounts)) {
        suite.compute(placed, () => placedMismatches(backend, placed, allow))
      }
    })
    describe('shapes drawn by lot', () => drawnByLot(suite, { rounds, seed, allow, numerics }))
    for (const special of specials) {
      describe(special.name, () => {
        for (const each of specialCases) {
          const title = `${special.name} in ${each.name}`
          if (numerics?.[special.promise]) {
            suite.compute({ ...each, name: title }, () => specialMismatches(backend, special, each, allow))
          } else suite.skip(title, `${backend.name} does not promise ${special.name}`)
        }
      })
    }
    describe('real networks', () => {
      if (networks.length === 0) suite.skip('real networks', 'none were given')
      for (const network of networks) suite.test(network.name, () => answered(backend, network))
    })
    for (const [kind, reason] of Object.entries(options.unsupported ?? {})) {
      suite.test(`says that it takes no ${kind}: ${reason}`, () => refused(backend, kind))
    }
  })
  return suite.skipped
}

async function probed(backend: Backend): Promise<Capabilities> {
  try {
    return await backend.probe()
  } catch (error) {
    return { available: false, features: [], reasons: [`probe threw ${error}, which it never may`] }
  }
}

/** A backend must say so when it does not take an op, so that sessions move on to another. */
async function refused(backend: Backend, kind: string): Promise<Verdict> {
  const wanted = new UnsupportedOpError({ where: '', expected: '', found: '' }).name
  const each = specialCases.find(({ name }) => name === kind)
  if (!each) return { found: `no case for ${kind}`, wanted }
  try {
    const executable = await backend.compile(each.graph, seededParams(each.graph, 1))
    await executable[Symbol.asyncDispose]()
    return { found: 'compiled', wanted }
  } catch (error) {
    return { found: error instanceof Error ? error.name : `${error}`, wanted }
  }
}

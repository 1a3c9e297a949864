import {
  type Backend,
  type Capabilities,
  type Inputs,
  type Network,
  type OpKind,
  type Outputs,
  type Tensor,
  UnsupportedOpError,
} from '@depthwise/core'
import { difference } from '../compare/difference.ts'
import type { Case } from './cases/case.ts'
import { networkCases } from './cases/networks.ts'
import { familyNames, randomCase } from './cases/random.ts'
import { valueCases } from './cases/values.ts'
import { windowCases } from './cases/windows.ts'
import { about, complaints } from './check.ts'
import { behaviours } from './contract.ts'
import type { Allowance } from './definition/value.ts'
import type { Runner, SkippedCase } from './runner.ts'
import { Seeded, seededParams } from './seeded.ts'
import { scattered, specialCases, specialComplaints, specials, withSpecials } from './specials.ts'

/** A whole network with answers that were recorded or computed elsewhere. */
export interface RealNetwork extends Network {
  readonly name: string
  readonly inputs: Inputs
  /** By name of the output. */
  readonly expected: Outputs
  /** Share of the largest expected magnitude. Default 1e-4. */
  readonly tolerance?: number
}

/** How the kit tests, with whose test runner, and what a backend is excused from. */
export interface ConformanceOptions extends Runner {
  /** What the suite is called. Default: the backend's name. */
  readonly name?: string
  /**
   * What one sum may be off, as a share of its absolute terms; single operations and functions get a tenth of it. Default
   * 2e-5, float32's.
   */
  readonly tolerance?: number
  /** Graphs a family of random shapes. Default 12; the same ones each time. */
  readonly rounds?: number
  /** Where the lots begin. Default 1. */
  readonly seed?: number
  /** Ops the backend does not take, and why: it must then throw `UnsupportedOpError` for them. */
  readonly unsupported?: { readonly [K in OpKind]?: string }
  /** Cases by name that it is known to fail, and why. */
  readonly known?: Readonly<Record<string, string>>
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
  const allow: Allowance = { sums: tolerance, functions: tolerance / 10, floor: 1e-30 }
  const { available, numerics, reasons } = await probed(backend)
  const suite = new Suite(backend, options)
  describe(name, () => {
    if (!available) {
      suite.test('is available', async () => ({ found: reasons, wanted: ['nothing in its way'] }))
      return
    }
    describe('does what a backend promises', () => {
      for (const { name: what, look } of behaviours) suite.test(what, () => look(backend, allow))
    })
    const chapters = { windows: windowCases, values: valueCases, 'whole networks': networkCases }
    for (const [chapter, cases] of Object.entries(chapters)) {
      describe(chapter, () => {
        for (const each of cases) suite.compute(each, () => complaints(backend, each, allow))
      })
    }
    describe('shapes drawn by lot', () => {
      for (const family of familyNames) {
        suite.test(`${rounds} times ${family}`, () => drawn(suite, { family, rounds, seed, allow, numerics }))
      }
    })
    for (const special of specials) {
      describe(special.name, () => {
        for (const each of specialCases) {
          const title = `${special.name} in ${each.name}`
          if (numerics?.[special.promise]) {
            suite.compute({ ...each, name: title }, () => specialComplaints(backend, special, each, allow))
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

type Look = () => Promise<{ readonly found: unknown; readonly wanted: unknown }>

/** Registers tests, and keeps what is left out. */
class Suite {
  readonly skipped: SkippedCase[] = []
  readonly backend: Backend
  readonly #options: ConformanceOptions

  constructor(backend: Backend, options: ConformanceOptions) {
    this.backend = backend
    this.#options = options
  }

  test(name: string, look: Look): void {
    const { it, expect, known = {} } = this.#options
    const reason = Object.hasOwn(known, name) ? known[name] : undefined
    if (reason !== undefined) {
      this.skip(name, reason)
      return
    }
    it(name, async () => {
      const { found, wanted } = await look()
      expect(found).toEqual(wanted)
    })
  }

  /** A case, unless it holds an op that the backend says it does not take. */
  compute(each: Case, look: () => Promise<readonly string[]>): void {
    const missing = this.unsupported(each)
    if (missing) this.skip(each.name, missing)
    else this.test(each.name, async () => ({ found: await look(), wanted: [] }))
  }

  unsupported({ graph }: Case): string | undefined {
    const { unsupported = {} } = this.#options
    const kind = graph.nodes.map(node => node.op.kind).find(each => Object.hasOwn(unsupported, each))
    return kind && `no ${kind}: ${unsupported[kind]}`
  }

  skip(name: string, reason: string): void {
    const { it } = this.#options
    this.skipped.push({ name, reason })
    const title = `${name} (skipped: ${reason})`
    if (it.skip) it.skip(title, () => {})
    else it(title, () => {})
  }
}

async function probed(backend: Backend): Promise<Capabilities> {
  try {
    return await backend.probe()
  } catch (error) {
    return { available: false, features: [], reasons: [`probe threw ${error}, which it never may`] }
  }
}

interface Draw {
  readonly family: string
  readonly rounds: number
  readonly seed: number
  readonly allow: Allowance
  readonly numerics: Capabilities['numerics']
}

/** Rounds of one family, until one is wrong; every third has NaN or infinities among its inputs, where they are promised. */
async function drawn(
  suite: Suite,
  { family, rounds, seed, allow, numerics }: Draw,
): Promise<{ readonly found: unknown; readonly wanted: unknown }> {
  for (let round = 0; round < rounds; round++) {
    const lot = seed + round * 7919
    const random = new Seeded(lot)
    const ordinary = randomCase(family, random)
    if (suite.unsupported(ordinary)) continue
    const special =
      round % 3 === 2 ? scattered.find(({ promise }) => numerics?.[promise] && random.chance()) : undefined
    const each = special ? withSpecials(ordinary, special, lot) : ordinary
    const found = about(`seed ${lot}`, await complaints(suite.backend, each, allow, lot))
    if (found.length > 0) return { found, wanted: [] }
  }
  return { found: [], wanted: [] }
}

/** A real network's outputs against what they should be, each within a share of its largest value. */
async function answered(
  backend: Backend,
  { graph, params, inputs, expected, tolerance = 1e-4 }: RealNetwork,
): Promise<{ readonly found: unknown; readonly wanted: unknown }> {
  await using executable = await backend.compile(graph, params)
  const outputs = await executable.run(inputs)
  const found = Object.entries(expected).flatMap(([name, value]) => {
    const own = outputs[name] as Tensor<'float32'> | undefined
    if (!own) return [`no output "${name}"`]
    const { beyond, maxAbs, largest } = difference(value, own, { ofLargest: tolerance })
    return beyond > 0 ? [`"${name}": ${beyond} numbers beyond ${tolerance} of ${largest}, at most ${maxAbs} off`] : []
  })
  return { found, wanted: [] }
}

/** A backend must say so when it does not take an op, so that sessions move on to another. */
async function refused(backend: Backend, kind: string): Promise<{ readonly found: unknown; readonly wanted: unknown }> {
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

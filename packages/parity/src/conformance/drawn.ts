import { type Capabilities, type Graph, printGraph } from '@depthwise/core'
import fc from 'fast-check'
import { families } from './cases/random.ts'
import { mismatches } from './check.ts'
import type { Allowance } from './definition/value.ts'
import { scattered, withSpecials } from './specials.ts'
import type { Suite, Verdict } from './suite.ts'

/** How shapes are drawn. */
export interface Draw {
  readonly rounds: number
  readonly seed: number
  readonly allow: Allowance
  readonly numerics: Capabilities['numerics']
}

/** A test for every family of random graphs. What fails is made as small as it will go before it is told. */
export function drawnByLot(suite: Suite, draw: Draw): void {
  for (const [name, graphs] of Object.entries(families())) {
    suite.test(`${draw.rounds} times ${name}`, () => drawn(suite, graphs, draw))
  }
}

/** Graphs of one family; among the inputs of every third NaN or infinities, where they are promised. */
async function drawn(suite: Suite, graphs: fc.Arbitrary<Graph>, draw: Draw): Promise<Verdict> {
  const { rounds, seed, allow, numerics } = draw
  const promised = scattered.filter(({ promise }) => numerics?.[promise])
  const special = fc.constantFrom(null, null, null, ...promised)
  const numbers = fc.noShrink(fc.nat())
  // What was said of the last graph that failed: fast-check goes on from each to smaller ones, so it ends as the smallest.
  let found: readonly string[] = []
  const property = fc.asyncProperty(graphs, numbers, special, async (graph, lot, special) => {
    if (suite.unsupported(graph)) return true
    const ordinary = { name: 'drawn', graph }
    const each = special ? withSpecials(ordinary, special, lot) : ordinary
    const wrong = await mismatches(suite.backend, each, allow, lot).catch(error => [
      `${error}, of\n${printGraph(graph)}`,
    ])
    if (wrong.length > 0) found = wrong
    return wrong.length === 0
  })
  const { failed, counterexamplePath } = await fc.check(property, { numRuns: rounds, seed })
  return { found: failed ? [`seed ${seed}, path ${counterexamplePath}:`, ...found] : [], wanted: [] }
}

import { reference, wasm } from '@depthwise/ops-cpu'
import { largestDifference } from '@depthwise/testing/agreement'
import { expect } from 'vitest'
import { flat, isQuantized, type NetworkName, networkNames, seeded } from './page/networks.ts'
import type { Run, Survey } from './page/survey.ts'

type Values = readonly number[]

/** What must come out: of the reference, and bit for bit where only IEEE 754 arithmetic is used. */
export interface Expected {
  readonly reference: Values
  readonly plain: Values
}

const tolerance = 1e-4

async function values(backend: ReturnType<typeof wasm>, name: NetworkName): Promise<Values> {
  const { graph, params, inputs } = seeded(name)
  await using executable = await backend.compile(graph, params)
  return flat(await executable.run(inputs))
}

/** Computed here, in this Node. */
export async function expectations(): Promise<ReadonlyMap<NetworkName, Expected>> {
  const found = new Map<NetworkName, Expected>()
  for (const name of networkNames) {
    const exact = await values(reference(), name)
    // Logits that were all the same would agree with anything.
    expect(Math.max(...exact) - Math.min(...exact), name).toBeGreaterThan(0.5 * Math.max(...exact.map(Math.abs)))
    if (!isQuantized(name)) expect(new Set(exact).size, name).toBe(exact.length)
    found.set(name, { reference: exact, plain: await values(wasm({ simd: 'plain' }), name) })
  }
  return found
}

/**
 * Holds a survey against what the engine validates and what its place allows.
 * @param alone why there is one thread where two were asked for; null where there are two
 */
export function expectSurvey(
  { engine, runs }: Survey,
  expected: ReadonlyMap<NetworkName, Expected>,
  alone: RegExp | null,
): void {
  expect(runs).toHaveLength(networkNames.length * 6)
  for (const run of runs) {
    const label = `${run.network}, ${run.simd} SIMD, ${run.threads} thread(s)`
    if (run.simd === 'relaxed' && !engine.relaxed) {
      expect(run, label).toMatchObject({ values: null, after: { available: false } })
      expect(run.after.reasons, label).toEqual(['relaxed SIMD was asked for, and this engine has none'])
      continue
    }
    expectCapabilities(run, label, engine.relaxed, alone)
    const { reference, plain } = expected.get(run.network)!
    expect(largestDifference(run.values!, reference), label).toBeLessThanOrEqual(tolerance)
    if (isQuantized(run.network)) expect(run.values, label).toEqual(reference)
    // Without relaxed instructions nothing is left to the engine: all of them give the same bits.
    const relaxed = engine.relaxed && run.simd !== 'plain'
    if (!relaxed) expect(run.values, label).toEqual(plain)
    const likewise = runs.find(({ network, simd }) => network === run.network && simd === run.simd)
    expect(run.values, `${label}: as with one thread`).toEqual(likewise?.values)
    const forced = runs.find(({ network, simd }) => network === run.network && simd === 'relaxed')
    if (relaxed) expect(run.values, `${label}: the same module, by whichever option`).toEqual(forced?.values)
  }
}

/** The best there is, and in words why it is not better. */
function expectCapabilities(
  { network, simd, threads, after }: Run,
  label: string,
  relaxed: boolean,
  alone: RegExp | null,
): void {
  const features: unknown[] = ['simd']
  const reasons: unknown[] = []
  if (simd !== 'plain' && relaxed) features.push('relaxed-simd')
  else reasons.push(simd === 'plain' ? 'relaxed SIMD is off by option' : 'this engine has no relaxed SIMD')
  if (threads > 1 && alone) reasons.push(expect.stringMatching(alone))
  else features.push(`threads: ${threads}`)
  if (isQuantized(network)) features.push(expect.stringMatching(simd === 'plain' ? '16-bit products' : /^bytes: /))
  expect(after, label).toMatchObject({ available: true, features, reasons })
}

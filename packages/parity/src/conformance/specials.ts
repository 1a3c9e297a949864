import type { Backend, Capabilities, Inputs } from '@depthwise/core'
import type { Case } from './cases/case.ts'
import { eachOpCases } from './cases/each-op.ts'
import { mismatches } from './check.ts'
import type { Allowance } from './definition/value.ts'
import { Seeded, seededInputs } from './seeded.ts'

type Promised = keyof NonNullable<Capabilities['numerics']>

/** A kind of number that backends may or may not keep as IEEE 754 says. */
export interface Special {
  /** The field of `Capabilities.numerics` that promises it. */
  readonly promise: Promised
  readonly name: string
  readonly replace: (data: Float32Array, random: Seeded) => void
}

/** So few that most sums do not see them: they must not spread to where they do not belong. */
function some(data: Float32Array, random: Seeded, values: readonly number[]): void {
  for (let i = 0; i < 3; i++) data[random.int(0, data.length - 1)] = random.pick(values)
}

export const specials: readonly Special[] = [
  { promise: 'nan', name: 'NaN', replace: (data, random) => some(data, random, [Number.NaN]) },
  { promise: 'infinity', name: 'infinities', replace: (data, random) => some(data, random, [Infinity, -Infinity]) },
  {
    promise: 'denormals',
    name: 'denormals',
    replace: (data, random) => {
      for (let i = 0; i < data.length; i++) data[i] = (2 * random.real() - 1) * 1e-38
    },
  },
]

/** Two hundred steps of the smallest denormal: what sums of so few terms lose to rounding, and far below what they are. */
const denormalFloor = 200 * 2 ** -149

/** Those that stand among ordinary numbers. */
export const scattered: readonly Special[] = specials.filter(({ promise }) => promise !== 'denormals')

/** A case on seeded inputs with such numbers among them. */
export function withSpecials(each: Case, { replace }: Special, seed: number): Case {
  const random = new Seeded(seed)
  return { ...each, inputs: spoilt(seededInputs(each.graph, seed + 6), data => replace(data, random)) }
}

/** Inputs whose reals are copied and changed. */
function spoilt(inputs: ReturnType<typeof seededInputs>, replace: (data: Float32Array) => void): Inputs {
  const copies = Object.entries(inputs).map(([name, value]) => {
    if (!(value.data instanceof Float32Array)) return [name, value] as const
    const data = value.data.slice()
    replace(data)
    return [name, { ...value, data }] as const
  })
  return Object.fromEntries(copies) as Inputs
}

/** Whether a backend keeps its promise about such numbers in one op. */
export async function specialMismatches(
  backend: Backend,
  special: Special,
  each: Case,
  allow: Allowance,
): Promise<readonly string[]> {
  const floor = special.promise === 'denormals' ? denormalFloor : allow.floor
  return mismatches(backend, withSpecials(each, special, 11), { ...allow, floor })
}

export const specialCases: readonly Case[] = eachOpCases

import fc from 'fast-check'
import type { Size2 } from '../../core/src/backend.ts'
import type { Bounds, GraphBuilder, Value } from '../../core/src/index.ts'

/** A graph in the making. */
export interface Draft {
  readonly b: GraphBuilder
  /** Float values, oldest first. */
  readonly values: Value[]
  /** Those that lie in [-2, 2]: products of anything else could grow without bound. */
  readonly small: Set<Value>
}

/** Adds nodes to a draft and returns the value they compute; null where no value of the draft suits. */
export type Step = (draft: Draft) => Value | null

/** Which of the suitable values, counted from the youngest: chains are what passes feed on, so that one is likeliest. */
export const back = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(9))
export const upTo = (max: number) => fc.integer({ min: 1, max })
export const size2 = (max: number): fc.Arbitrary<Size2> => fc.tuple(upTo(max), upTo(max))
export const side = fc.nat(2)

export function pick(values: readonly Value[], back: number): Value | null {
  return values.at(-1 - (back % Math.max(values.length, 1))) ?? null
}

export const images = ({ values }: Draft): readonly Value[] => values.filter(value => value.shape.length === 4)
export const channelsOf = (value: Value): number => value.shape.at(-1) as number

/** The divisor of `whole` that `choice` falls on. */
export function divisor(whole: number, choice: number): number {
  const divisors = Array.from({ length: whole }, (_, i) => i + 1).filter(d => whole % d === 0)
  return divisors[choice % divisors.length] as number
}

export const bounds: fc.Arbitrary<Bounds> = fc.oneof(
  fc.constantFrom({ min: 0, max: 6 }, { min: 0, max: Infinity }, { min: -Infinity, max: Infinity }),
  fc.record({ min: fc.constantFrom(-1, -0.25, 0.125), max: fc.constantFrom(0.25, 0.5, Infinity) }),
)

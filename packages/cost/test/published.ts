import { expect } from 'vitest'
import { errata } from './errata.ts'

/** A number somebody printed, and what it should be. */
export interface Figure {
  /** What the figure is of, as the errata name it: `0.75/224 MACs`. */
  readonly name: string
  readonly published: string
  /** In the unit of the printed figure. */
  readonly exact: number
}

export function figure(name: string, published: string, exact: number): Figure {
  return { name, published, exact }
}

/** How a table came to its digits: rounded to the nearest, cut off, or rounded to two significant digits. */
export type Rounding = 'round' | 'cut' | 'two digits'

/** The exact value as the table would print it, with as many decimals as `like` shows. */
export function print(exact: number, like: string, rounding: Rounding): string {
  if (rounding === 'two digits') return `${Number(exact.toPrecision(2))}`
  const decimals = like.split('.')[1]?.length ?? 0
  const scaled = exact * 10 ** decimals
  // A hair more than the value, so that 4.24 * 100 = 423.99… is cut to 424.
  const whole = rounding === 'round' ? Math.round(scaled) : Math.floor(scaled + 1e-9)
  return (whole / 10 ** decimals).toFixed(decimals)
}

/**
 * Holds a printed table against the exact figures: all must agree in every digit printed, but those that the errata list,
 * and those must disagree, exactly as listed. So nothing is papered over, and no erratum outlives its error.
 */
export function expectTable(table: string, figures: readonly Figure[], rounding: Rounding): void {
  const names = figures.map(figure => figure.name)
  expect(names.length, `${table} has figures`).toBeGreaterThan(0)
  expect(new Set(names).size, `${table} names each figure once`).toBe(names.length)
  const wrong = figures
    .map(({ name, published, exact }) => ({ figure: name, published, exact: print(exact, published, rounding) }))
    .filter(({ published, exact }) => Number(published) !== Number(exact))
  const listed = errata.filter(erratum => erratum.table === table)
  expect(wrong).toEqual(listed.map(({ figure, published, exact }) => ({ figure, published, exact })))
}

/** Figures that a table prints in several places, once; they must agree with each other. */
export function once(figures: readonly Figure[]): readonly Figure[] {
  const unique = new Map<string, Figure>()
  for (const figure of figures) {
    const first = unique.get(figure.name) ?? figure
    expect(figure).toEqual(first)
    unique.set(figure.name, first)
  }
  return [...unique.values()]
}

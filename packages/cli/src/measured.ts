import { type Params, tensor } from '@depthwise/core'
import { elementCount, now, paramSpecs } from '@depthwise/core/backend'
import type { Variant } from '@depthwise/cost'
import { buildArchitecture, type Preset } from '@depthwise/models'
import { backendsFor } from './backends.ts'
import type { Row } from './sweep-tables.ts'
import type { Terminal } from './terminal.ts'

const rounds = 3
const milliseconds = 200
const minRuns = 8

/**
 * Runs every variant with made-up weights and returns the best time of each. In rounds over all of them, so that a slow minute of
 * the machine does not affect only one.
 */
export async function measureVariants(
  variants: readonly Variant[],
  { backend: name, preset }: { readonly backend: string; readonly preset: Preset },
  terminal: Terminal,
): Promise<readonly Row[]> {
  const [backend] = await backendsFor(name)
  if (!backend) return variants
  const best = variants.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    terminal.note(`measuring ${variants.length} networks on ${name}, round ${round + 1} of ${rounds}`)
    for (const [index, { network, alpha, resolution }] of variants.entries()) {
      const graph = buildArchitecture({ network, alpha, resolution, preset, classes: 1000 })
      await using executable = await backend.compile(graph, madeUp(paramSpecs(graph)))
      const input = new Float32Array(resolution * resolution * 3).fill(0.1)
      const begun = now()
      for (let run = 0; run < minRuns || now() - begun < milliseconds; run++) {
        const start = now()
        await executable.run({ input })
        best[index] = Math.min(best[index] as number, now() - start)
      }
    }
  }
  return variants.map((variant, index) => ({ ...variant, measured: best[index] as number }))
}

function madeUp(specs: ReturnType<typeof paramSpecs>): Params {
  return new Map(
    specs.map(({ name, shape, role }) => {
      const data = new Float32Array(elementCount(shape))
      for (let i = 0; i < data.length; i++) data[i] = role === 'variance' ? 1 : (((i * 7919 + 13) % 101) - 50) / 1000
      return [name, tensor(shape, data)] as const
    }),
  )
}

/** How close predictions are to measurements: median and worst error, and the correlation of ranks (Spearman). */
export function agreement(rows: readonly Row[]): string {
  const pairs = rows.flatMap(({ milliseconds: predicted, measured }) =>
    predicted === null || measured === undefined ? [] : [[predicted, measured] as const],
  )
  const errors = pairs.map(([predicted, measured]) => Math.abs(predicted / measured - 1)).toSorted((a, b) => a - b)
  const percent = (share = 0): string => `${(100 * share).toFixed(1)} %`
  const correlation = rankCorrelation(pairs)
  return `predicted against measured, ${pairs.length} networks: median error ${percent(errors[errors.length >> 1])}, worst ${percent(errors.at(-1))}, rank correlation ${correlation.toFixed(4)}`
}

function rankCorrelation(pairs: readonly (readonly [number, number])[]): number {
  const ranks = (values: readonly number[]): readonly number[] => {
    const sorted = values.toSorted((a, b) => a - b)
    return values.map(value => sorted.indexOf(value))
  }
  const [a, b] = [ranks(pairs.map(([x]) => x)), ranks(pairs.map(([, y]) => y))]
  const n = pairs.length
  const apart = a.reduce((sum, rank, i) => sum + (rank - (b[i] as number)) ** 2, 0)
  return n < 2 ? 1 : 1 - (6 * apart) / (n * (n * n - 1))
}

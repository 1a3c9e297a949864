import { OptionError } from '@depthwise/core'
import { manifold as manifoldOf } from '@depthwise/cost'
import { backendsFor } from '../backends.ts'
import { csv } from '../csv.ts'
import { checkPlotPath, draw } from '../draw.ts'
import { exitDone } from '../failure.ts'
import type { RowOptions } from '../rows.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import type { WriteOptions } from '../write-files.ts'

export interface ManifoldOptions extends RowOptions, WriteOptions {
  readonly n: readonly number[]
  readonly seed: number
  readonly seeds: number
  readonly backend: string
  readonly plot?: string
}

/**
 * `depthwise manifold`: figure 1 of the V2 paper, on a backend: how much of a spiral survives a ReLU in n dimensions.
 * @returns the exit code
 */
export async function manifold(options: ManifoldOptions, terminal: Terminal): Promise<number> {
  const { n, seed, seeds, backend: name, plot, json, csv: asCsv } = options
  if (plot !== undefined) await checkPlotPath(plot, options)
  const [backend] = await backendsFor(name)
  if (!backend) throw new OptionError({ where: 'option --backend', expected: 'one that is known', found: name })
  const result = await manifoldOf({ backend, n, seed, seeds })
  if (json) await terminal.print(JSON.stringify(result))
  else if (asCsv) await terminal.print(inCsv(result.embeddings))
  else {
    const share = (value: number): string => `${(100 * value).toFixed(2)} %`
    await terminal.print(
      await table(
        {
          head: ['dimensions', 'points lost', '(1 + n) / 2^n', 'no unit active', '1 / 2^n', 'error, scaled'],
          align: ['right', 'right', 'right', 'right', 'right', 'right'],
          rows: result.embeddings.map(each => [
            `${each.n}`,
            share(each.fewerThanTwoActive),
            share(each.expected),
            share(each.noneActive),
            share(each.expectedNone),
            each.error.toFixed(3),
          ]),
        },
        terminal,
      ),
    )
  }
  if (plot !== undefined) {
    const { manifoldPlot } = await import('../plots/index.ts')
    await draw(plot, lib => manifoldPlot(lib, result), terminal)
  }
  return exitDone
}

function inCsv(embeddings: Awaited<ReturnType<typeof manifoldOf>>['embeddings']): string {
  const rows = embeddings.map(({ n, fewerThanTwoActive, expected, noneActive, expectedNone, error }) => [
    n,
    fewerThanTwoActive,
    expected,
    noneActive,
    expectedNone,
    error,
  ])
  return csv(['n', 'fewerThanTwoActive', 'expected', 'noneActive', 'expectedNone', 'error'], rows)
}

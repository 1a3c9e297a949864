import { OptionError } from '@depthwise/core'
import { manifold as manifoldOf } from '@depthwise/cost'
import { backendsFor } from '../backends.ts'
import { checkPicture, draw } from '../draw.ts'
import { exitDone } from '../failure.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import type { WriteOptions } from '../write-files.ts'

export interface ManifoldOptions extends WriteOptions {
  readonly n: readonly number[]
  readonly seed: number
  readonly seeds: number
  readonly backend: string
  readonly plot?: string
  readonly json?: boolean
}

/**
 * `depthwise manifold`: figure 1 of the V2 paper, on a backend: how much of a spiral survives a ReLU in n dimensions.
 * @returns the exit code
 */
export async function manifold(options: ManifoldOptions, terminal: Terminal): Promise<number> {
  const { n, seed, seeds, backend: name, plot, json } = options
  if (plot !== undefined) await checkPicture(plot, options)
  const [backend] = await backendsFor(name)
  if (!backend) throw new OptionError({ where: 'option --backend', expected: 'one that is known', found: name })
  const result = await manifoldOf({ backend, n, seed, seeds })
  if (json) await terminal.print(JSON.stringify(result))
  else {
    const share = (value: number): string => `${(100 * value).toFixed(2)} %`
    await terminal.printWide(
      await table({
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
      }),
    )
  }
  if (plot !== undefined) {
    const { manifoldPlot } = await import('../plots/index.ts')
    await draw(plot, lib => manifoldPlot(lib, result), terminal)
  }
  return exitDone
}

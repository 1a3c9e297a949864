import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import filePlugin from '@size-limit/file'
import sizeLimit from 'size-limit'
import { type Budget, budgets, checkSize, failureOf, warningOf } from './budgets.ts'
import { buildForPages, bundle } from './consumers.ts'
import { type Finding, failOnAny } from './report.ts'
import { root } from './workspace.ts'

/** Bytes of minified output by the path of the source that they come from. */
export type BytesByFile = ReadonlyMap<string, number>

/**
 * What each source adds to a bundle, before compression. Packages are published as few large files, so this bundles their
 * sources.
 */
export async function bytesByFile({ imports, parts = [] }: Pick<Budget, 'imports' | 'parts'>): Promise<BytesByFile> {
  // Of the workspace, the bench depends on every package that has a budget.
  const { metafile } = await buildForPages(join(root, 'apps/bench'), imports, parts)
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs))
  return new Map(inputs.map(([path, { bytesInOutput }]) => [path.replace(/^.*?packages\//, ''), bytesInOutput]))
}

/**
 * Why a bundle of published files fails beside one of their sources: bundlers drop whole sources that a page does not use, but of
 * a published file, which joins many, only what is plainly free of side effects.
 */
export function failureBesideSources(minified: number, files: BytesByFile): string | undefined {
  const sources = totalOf(files)
  if (minified <= 1.01 * sources) return undefined
  return `${minified} bytes minified, ${sources} from sources: a value computed on loading lacks \`/* @__PURE__ */\``
}

const totalOf = (files: BytesByFile): number => [...files.values()].reduce((sum, bytes) => sum + bytes, 0)

/** The ten largest files as a table. Each is taken to compress as well as all files together, which have `brotli` bytes. */
export function largestFiles(files: BytesByFile, brotli: number): readonly string[] {
  const sizes = [...files].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a)
  const total = totalOf(files)
  const row = (...[bytes, share, compressed, file]: readonly [string, string, string, string]): string =>
    `${bytes.padStart(8)} ${share.padStart(7)} ${compressed.padStart(8)}  ${file}`
  const rows = sizes.slice(0, 10).map(([file, bytes]) => {
    const share = bytes / total
    return row(`${bytes} B`, `${(100 * share).toFixed(1)} %`, `${Math.round(brotli * share)} B`, file)
  })
  return [row('minified', 'share', '~brotli', `the largest of ${sizes.length} files`), ...rows]
}

/** Throws when the bundle of a project exceeds its budget. For a published limit, both answers list the largest files. */
export async function checkBudget(folder: string, budget: Budget): Promise<Finding> {
  const path = join(folder, `budget-${budgets.indexOf(budget)}.js`)
  const minified = await bundle(folder, budget.imports, budget.parts ?? [])
  writeFileSync(path, minified)
  // Its types call the answer an object; it is a list, an entry a check.
  const [measured] = (await sizeLimit([filePlugin], [path])) as readonly { readonly size?: number }[]
  const size = measured?.size ?? Number.NaN
  if (!budget.published) return { figure: checkSize(size, budget.kibibytes) }
  const files = await bytesByFile(budget)
  const details = largestFiles(files, size)
  const failure = failureOf(size, budget.kibibytes) ?? failureBesideSources(minified.length, files)
  if (failure !== undefined) failOnAny([failure, ...details])
  return { figure: checkSize(size, budget.kibibytes), warning: warningOf(size, budget.kibibytes), details }
}

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import filePlugin from '@size-limit/file'
import { build, transform } from 'esbuild'
import sizeLimit from 'size-limit'
import { budgets } from './budgets.ts'
import { complain } from './report.ts'
import { own, run } from './run.ts'

const consumer = new URL('../../tests/test/consumer.ts', import.meta.url)

/** Puts the consumer into a project, as TypeScript and as JavaScript. */
export async function writeConsumer(folder: string): Promise<void> {
  const source = readFileSync(consumer, 'utf8')
  writeFileSync(join(folder, 'classify.ts'), source)
  const { code } = await transform(source, { loader: 'ts', target: 'es2022' })
  const print = `classify().then(said => { if (said !== expected) throw new Error(said); console.log(said) })\n`
  writeFileSync(join(folder, 'classify.js'), code + print)
}

/** Puts a file into a project that imports every one of these entry points whole. */
export function writeImports(folder: string, entryPoints: readonly string[]): void {
  const lines = entryPoints.map((name, i) => `import * as entry${i} from '${name}'`)
  const all = entryPoints.map((_name, i) => `entry${i}`).join(', ')
  writeFileSync(join(folder, 'imports.ts'), `${lines.join('\n')}\nexport const all: readonly object[] = [${all}]\n`)
  const print = entryPoints.map(
    (name, i) => `if (Object.keys(entry${i}).length === 0) throw new Error('${name} is empty')`,
  )
  writeFileSync(join(folder, 'imports.js'), `${[...lines, ...print].join('\n')}\n`)
}

/** Type-checks one file of a project under a module resolution, declarations of the packages included. */
export async function typeCheck(folder: string, file: string, resolution: 'node16' | 'bundler'): Promise<void> {
  const compilerOptions = {
    module: resolution === 'node16' ? 'node16' : 'esnext',
    moduleResolution: resolution,
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  }
  const path = join(folder, `tsconfig.${file}.${resolution}.json`)
  writeFileSync(path, JSON.stringify({ files: [file], compilerOptions }))
  await run(own('tsc'), ['-p', path], { cwd: folder })
}

/** Bundles a file of a project for browsers, as pages do it. */
export async function bundle(folder: string, contents: string): Promise<string> {
  const { outputFiles, warnings, metafile } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'page',
    target: 'es2022',
    // Packages that start threads ask for Node's own modules at run time, where there are any.
    external: ['node:*'],
    logLevel: 'silent',
  })
  const builtin = Object.values(metafile.outputs).flatMap(output =>
    output.imports.filter(({ kind }) => kind !== 'dynamic-import').map(({ path }) => `${path} is imported statically`),
  )
  complain([...warnings.map(({ text }) => text), ...builtin])
  return outputFiles[0]?.text ?? ''
}

/** Runs a bundle where there is nothing but the language: no process, no performance, no timers. */
export async function runBare(code: string): Promise<string> {
  const context = createContext(Object.create(null))
  const said = await (runInContext(`${code}; page.classify()`, context) as Promise<string>)
  const expected = runInContext('page.expected', context) as string
  if (said !== expected) throw new Error(`it said ${said}`)
  return said
}

/** Throws when a bundle outgrows its budget; a budget for packages that are not there yet is no failure, and is said. */
export async function checkBudget(folder: string, budget: (typeof budgets)[number]): Promise<string> {
  const path = join(folder, `budget-${budgets.indexOf(budget)}.js`)
  writeFileSync(path, await bundle(folder, budget.imports))
  // Its types call the answer an object; it is a list, an entry a check.
  const [measured] = (await sizeLimit([filePlugin], [path])) as readonly { readonly size?: number }[]
  const kilobytes = (measured?.size ?? Number.NaN) / 1000
  if (!(kilobytes <= budget.kilobytes))
    throw new Error(`${kilobytes.toFixed(1)} kB brotli, over ${budget.kilobytes} kB`)
  return `${kilobytes.toFixed(1)} of ${budget.kilobytes} kB brotli`
}

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { type BuildResult, build, type Plugin, transform } from 'esbuild'
import { failOnAny } from './report.ts'
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

/**
 * Puts files into a project that take in every one of these entry points whole: by `import`, in TypeScript (`.ts`, and `.cts` for
 * CommonJS) and in JavaScript, and by `require`, which has to return the same objects.
 */
export function writeImports(folder: string, entryPoints: readonly string[], name = 'imports'): void {
  const write = (ending: string, lines: readonly string[]): void =>
    writeFileSync(join(folder, name + ending), `${lines.join('\n')}\n`)
  const imports = entryPoints.map((name, i) => `import * as entry${i} from '${name}'`)
  const typed = [
    ...imports,
    `export const all: readonly object[] = [${entryPoints.map((_name, i) => `entry${i}`).join(', ')}]`,
    // Without types for disposal this does not compile.
    `export async function close(session: entry${entryPoints.indexOf('@depthwise/core')}.Session): Promise<string> {`,
    '  await using closing = session',
    '  return closing.backend',
    '}',
  ]
  write('.ts', typed)
  write('.cts', typed)
  const filled = entryPoints.map(
    (name, i) => `if (Object.keys(entry${i}).length === 0) throw new Error('${name} is empty')`,
  )
  write('.js', [...imports, ...filled])
  write('.cjs', [
    `const names = ${JSON.stringify(entryPoints)}`,
    'async function compare(name) {',
    '  const [required, imported] = [require(name), await import(name)]',
    '  const other = Object.keys(imported).filter(key => required[key] !== imported[key])',
    "  if (other.length > 0) throw new Error(name + ': require gives another ' + other.join(', '))",
    '}',
    'Promise.all(names.map(compare)).catch(error => {',
    '  console.error(error)',
    '  process.exitCode = 1',
    '})',
  ])
}

/**
 * Ways to compile against the packages. `lib` is a plain edition, without `esnext.disposable`: declarations bring what they
 * need. Under `commonjs` types are found without `exports`, as TypeScript up to 5 does it there by default.
 */
export const compilers = {
  node16: { module: 'node16', moduleResolution: 'node16', lib: ['es2022'] },
  bundler: { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022'] },
  'bundler with DOM': { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom'] },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022'] },
  commonjs: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0', lib: ['es2022'] },
} as const

/** Type-checks one file of a project, declarations of the packages included. */
export async function typeCheck(folder: string, file: string, compiler: keyof typeof compilers): Promise<void> {
  const compilerOptions = {
    ...compilers[compiler],
    target: 'es2022',
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  }
  const path = join(folder, `tsconfig.${file}.${compiler.replaceAll(' ', '-')}.json`)
  writeFileSync(path, JSON.stringify({ files: [file], compilerOptions }))
  await run(own('tsc'), ['-p', path], { cwd: folder })
}

/**
 * Builds a file of a project for browsers, as pages do it.
 * @param parts - which of the parts that are loaded later are counted in; default all
 */
export function buildForPages(
  folder: string,
  contents: string,
  parts?: readonly string[],
): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
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
    plugins: parts ? [laterParts(parts)] : [],
  })
}

/** Bundles a file of a project for browsers. Throws for warnings, and for modules of Node that are imported statically. */
export async function bundle(folder: string, contents: string, parts?: readonly string[]): Promise<string> {
  const { outputFiles, warnings, metafile } = await buildForPages(folder, contents, parts)
  const builtin = Object.values(metafile.outputs).flatMap(output =>
    output.imports.filter(({ kind }) => kind !== 'dynamic-import').map(({ path }) => `${path} is imported statically`),
  )
  failOnAny([...warnings.map(({ text }) => text), ...builtin])
  return outputFiles[0]?.text ?? ''
}

/** Of what is loaded later, when something asks for it, keeps the parts of these names: `./integers/index.ts`, `./integers-5SC.js`. */
const laterParts = (parts: readonly string[]): Plugin => ({
  name: 'later parts',
  setup(builder) {
    builder.onResolve({ filter: /^\./ }, ({ kind, path }) => {
      const isKept = parts.some(part => new RegExp(`^\\./${part}[-./]`).test(path))
      return kind === 'dynamic-import' && !isKept ? { path, external: true } : undefined
    })
  },
})

/** Runs a bundle where there is nothing but the language: no process, no performance, no timers. */
export async function runBare(code: string): Promise<string> {
  const context = createContext(Object.create(null))
  const said = await (runInContext(`${code}; page.classify()`, context) as Promise<string>)
  const expected = runInContext('page.expected', context) as string
  if (said !== expected) throw new Error(`it said ${said}`)
  return said
}

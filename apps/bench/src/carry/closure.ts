import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** What machines with a GPU and no browser have no use for, most of it hundreds of megabytes. */
const leftBehind = new Set([
  'onnxruntime-node',
  'playwright-core',
  '@litertjs/core',
  '@observablehq/plot',
  'linkedom',
  '@tensorflow/tfjs-backend-wasm',
])

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** A package that is carried, and the links through which it finds its own. */
export interface Carried {
  readonly folder: string
  readonly links: readonly string[]
}

/**
 * Everything that `root`, a package of the workspace, needs to run: real folders, and pnpm's links to them. Only the root's
 * development dependencies count, as the bench has no others.
 */
export function closureOf(root: string): readonly Carried[] {
  const found = new Map<string, Carried>()
  const pending = [root]
  for (const folder of pending) {
    if (found.has(folder)) continue
    const links = linksOf(folder, folder === root)
    found.set(folder, { folder, links })
    pending.push(...links.map(link => realpathSync(link)))
  }
  return [...found.values()]
}

function linksOf(folder: string, isRoot: boolean): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  const needed = {
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
    ...(isRoot ? manifest.devDependencies : {}),
  }
  return Object.keys(needed)
    .filter(name => !leftBehind.has(name) && !name.startsWith('@types/'))
    .flatMap(name => linkTo(folder, name) ?? [])
}

/** Where Node finds a package from within another: in the nearest `node_modules` that has it. */
function linkTo(from: string, name: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(candidate)) return candidate
    if (dirname(folder) === folder) return null
  }
}

/** Maps, declarations, and builds of the same code for other places. */
const useless = [
  /\.map$/,
  /\.d\.ts$/,
  /\/miniprogram\//,
  /_test\.js$/,
  /\/ort\.(all|webgl|jspi)\./,
  /threaded\.(jsep|jspi)\./,
]

/** Files of a package and its links, as paths below `base`. */
export function filesOf({ folder, links }: Carried, base: string): readonly string[] {
  const native = `dist/${process.platform}-${process.arch}/`
  const isForOthers = (file: string): boolean => /^dist\/(darwin|linux|win32)-/.test(file) && !file.startsWith(native)
  const files = walk(folder)
    .map(file => relative(folder, file))
    .filter(file => !file.startsWith('test/') && !isForOthers(file))
    .filter(file => !useless.some(pattern => pattern.test(`/${file}`)))
    .map(file => join(folder, file))
  return [...files, ...links.filter(link => lstatSync(link).isSymbolicLink())].map(file => relative(base, file))
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path)
    return entry.isFile() ? [path] : []
  })
}

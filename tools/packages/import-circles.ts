import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { Manifest } from './workspace.ts'

/** Each file with the files that it imports, as paths relative to the root of the workspace. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

const sources = ['{packages,apps}/*/**/*.{ts,tsx}', '{tests,tools}/**/*.{ts,tsx}', '*.ts']
const built = ['**/node_modules/**', '**/dist/**']

/** What a source imports, in every form: values, types alone, `export ... from`, `import()` as a call and as a type. */
function specifiersOf(file: string, source: string): readonly string[] {
  const found: string[] = []
  const add = (node: ts.Node | undefined): void => {
    if (node && ts.isStringLiteralLike(node)) found.push(node.text)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0])
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest))
  return found
}

/** By the name of each workspace package: its entry points (`@depthwise/models/labels`), with every file that each may be. */
function readEntryPoints(root: string): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const filesOf = (target: unknown): readonly string[] =>
    typeof target === 'string' ? [target] : Object.values(target ?? {}).flatMap(filesOf)
  return new Map(
    globSync('{packages,apps}/*/package.json', { cwd: root }).map(path => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest
      const entries = Object.entries(exports).map(
        ([entry, target]) => [name + entry.slice(1), filesOf(target).map(file => join(dirname(path), file))] as const,
      )
      return [name, new Map(entries)] as const
    }),
  )
}

/** The files of an entry point: the one that is listed, else by the pattern (`./*`) that it matches. */
function targetsOf(entries: ReadonlyMap<string, readonly string[]>, path: string): readonly string[] {
  const listed = entries.get(path)
  if (listed) return listed
  for (const [pattern, files] of entries) {
    const [start = '', end] = pattern.split('*')
    if (end === undefined || !path.startsWith(start) || !path.endsWith(end)) continue
    return files.map(file => file.replace('*', path.slice(start.length, path.length - end.length)))
  }
  return []
}

/**
 * Reads what every source of a workspace imports: packages, apps, tests and tools. Packages from outside have no place in it.
 * @throws Error for an import of a file that does not exist, which the graph would lack
 */
export function readImportGraph(root: string): ImportGraph {
  const packages = readEntryPoints(root)
  const resolve = (file: string, specifier: string): readonly string[] => {
    const path = specifier.replace(/\?.*/, '')
    const entries = packages.get(path.split('/', path.startsWith('@') ? 2 : 1).join('/'))
    if (!path.startsWith('.') && !entries) return []
    const targets = entries ? targetsOf(entries, path) : [join(dirname(file), path)]
    if (targets.length > 0 && targets.every(target => existsSync(join(root, target)))) return targets
    throw new Error(`${file} imports ${specifier}, which does not exist`)
  }
  const files = globSync(sources, { cwd: root, exclude: built }).sort()
  return new Map(
    files.map(file => {
      const specifiers = specifiersOf(file, readFileSync(join(root, file), 'utf8'))
      return [file, [...new Set(specifiers.flatMap(specifier => resolve(file, specifier)))]]
    }),
  )
}

/** The shortest path from a file back to itself; null where there is none. */
function shortestCircle(graph: ImportGraph, start: string): readonly string[] | null {
  const paths = new Map([[start, [start]]])
  for (const [file, path] of paths) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) return [...path, start]
      if (!paths.has(next)) paths.set(next, [...path, next])
    }
  }
  return null
}

/** Circles of imports, as `a.ts -> b.ts -> a.ts`: the shortest through every file that is part of one, each once. */
export function importCircles(graph: ImportGraph): readonly string[] {
  const found = new Map<string, string>()
  for (const file of graph.keys()) {
    const circle = shortestCircle(graph, file)
    const members = [...new Set(circle)].sort().join()
    if (circle && !found.has(members)) found.set(members, circle.join(' -> '))
  }
  return [...found.values()]
}

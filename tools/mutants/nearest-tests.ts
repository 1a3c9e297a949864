import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { root } from '../packages/workspace.ts'

/**
 * The unit tests of a package that import a file of it, directly or not, the most promising first: those whose names share
 * words with the file's path, soaks behind the others, then those with the fewest imports in between, then the smallest.
 */
export function nearestTests(folder: string, file: string): readonly string[] {
  const tests = globSync(`packages/${folder}/test/**/*.test.ts`, { cwd: root }).filter(
    path => !path.endsWith('-system.test.ts'),
  )
  const distances = distancesTo(file)
  const words = wordsOf(relative(`packages/${folder}/src`, file))
  const ranked = tests.flatMap(path => {
    const distance = distances.get(path)
    if (distance === undefined) return []
    const shared = [...wordsOf(basename(path, '.test.ts'))].filter(word => words.has(word)).length
    return [{ path, shared, isSoak: Number(path.includes('-soak')), distance, size: statSync(join(root, path)).size }]
  })
  ranked.sort((a, b) => b.shared - a.shared || a.isSoak - b.isSoak || a.distance - b.distance || a.size - b.size)
  return ranked.map(({ path }) => path)
}

/** Words of a path, singular: `tflite/operators/pools.ts` has tflite, operator, pool and ts. */
function wordsOf(path: string): ReadonlySet<string> {
  return new Set(path.split(/[^a-z0-9]+/i).map(word => word.toLowerCase().replace(/s$/, '')))
}

/** How many imports lead from each file to this one. */
function distancesTo(file: string): ReadonlyMap<string, number> {
  const distances = new Map([[file, 0]])
  // Entries that are added on the way are visited, too.
  for (const [path, distance] of distances) {
    for (const importer of importers().get(path) ?? []) {
      if (!distances.has(importer)) distances.set(importer, distance + 1)
    }
  }
  return distances
}

/** By each file, the files that import it, refer to it by its URL, or load it later. */
function importers(): ReadonlyMap<string, readonly string[]> {
  known ??= readImporters()
  return known
}
let known: ReadonlyMap<string, readonly string[]> | undefined

function readImporters(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const path of globSync('packages/*/{src,test}/**/*.ts', { cwd: root })) {
    const text = readFileSync(join(root, path), 'utf8')
    for (const [, name = ''] of text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\bURL\(\s*)'([^']+)'/g)) {
      const target = resolved(name, path)
      if (target !== null) found.set(target, [...(found.get(target) ?? []), path])
    }
  }
  return found
}

/** The source that an import means; null for other packages. */
function resolved(name: string, from: string): string | null {
  if (name.startsWith('.')) return join(dirname(from), name)
  const [, folder = '', entry = '.'] = /^@depthwise\/([^/]+)(\/.*)?$/.exec(name) ?? []
  const manifest = join(root, 'packages', folder, 'package.json')
  if (folder === '' || !existsSync(manifest)) return null
  const exported = JSON.parse(readFileSync(manifest, 'utf8')).exports ?? {}
  const target = exported[entry === '.' ? '.' : `.${entry}`] ?? exported['./*']?.replace('*', entry.slice(1))
  return typeof target === 'string' ? join('packages', folder, target) : null
}

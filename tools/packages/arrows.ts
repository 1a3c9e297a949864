import type { Manifest } from './workspace.ts'

/** Which packages of the house a package may depend on (docs/architecture.md): arrows point down only. */
const allowed: Readonly<Record<string, readonly string[] | 'all'>> = {
  core: [],
  models: ['core'],
  cost: ['core'],
  formats: ['core'],
  'ops-cpu': ['core'],
  'ops-webgpu': ['core'],
  parity: ['core', 'formats'],
  depthwise: ['core', 'formats', 'models', 'ops-cpu', 'ops-webgpu'],
  cli: 'all',
}

/** What only tests use, as a devDependency: it is not published. Its files import sources of any package by relative paths. */
const forTestsAlone = 'testing'

/** Packages that pages carry: nothing of other people's comes with them. */
const withoutDependencies = ['core', 'models', 'cost', 'ops-cpu', 'ops-webgpu']
const scope = '@depthwise/'

/** The folder of a package of the house; null for a package of other people. */
const folderOf = (name: string): string | null =>
  name === 'depthwise' ? name : name.startsWith(scope) ? name.slice(scope.length) : null

/** A package as far as arrows are concerned. */
export interface Room {
  readonly folder: string
  readonly manifest: Pick<Manifest, 'dependencies' | 'peerDependencies' | 'optionalDependencies'>
}

export function dependenciesOf({ manifest }: Room): readonly string[] {
  return [manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies].flatMap(group =>
    Object.keys(group ?? {}),
  )
}

const within = (room: Room): readonly string[] =>
  dependenciesOf(room)
    .map(folderOf)
    .filter(folder => folder !== null)

/** Dependencies that the table does not allow. */
export function wrongArrows(rooms: readonly Room[]): readonly string[] {
  return rooms.flatMap(room => {
    const { folder } = room
    const down = allowed[folder]
    if (!down) return [`${folder} has no row in the table of arrows (tools/packages/arrows.ts)`]
    const isAllowed = (name: string): boolean => name !== forTestsAlone && (down === 'all' || down.includes(name))
    const wrong = within(room).filter(name => !isAllowed(name))
    const foreign = withoutDependencies.includes(folder)
      ? dependenciesOf(room).filter(name => folderOf(name) === null)
      : []
    return [...wrong, ...foreign].map(name => `${folder} may not depend on ${name}`)
  })
}

/** Cycles among packages, each once, as `a -> b -> a`. */
export function cycles(rooms: readonly Room[]): readonly string[] {
  const arrows = new Map(rooms.map(room => [room.folder, within(room)]))
  const found: string[] = []
  const done = new Set<string>()
  const visit = (folder: string, trail: readonly string[]): void => {
    const start = trail.indexOf(folder)
    if (start >= 0) found.push([...trail.slice(start), folder].join(' -> '))
    if (start >= 0 || done.has(folder)) return
    for (const next of arrows.get(folder) ?? []) visit(next, [...trail, folder])
    done.add(folder)
  }
  for (const folder of arrows.keys()) visit(folder, [])
  return found
}

const importPattern =
  /^\s*(?:import|export)\b[^;'"`]*\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

/** The packages that a source imports. Builtin modules of Node are no packages. */
export function importedPackages(source: string): readonly string[] {
  return [...source.replace(/^\s*(?:\/\/|\*).*$/gm, '').matchAll(importPattern)]
    .map(([, from, alone, late]) => from ?? alone ?? late ?? '')
    .filter(specifier => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map(specifier => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
}

/** Packages that sources import without a manifest that says so. */
export function undeclared(room: Room, sources: ReadonlyMap<string, string>): readonly string[] {
  const declared = new Set([...dependenciesOf(room), room.folder === 'depthwise' ? room.folder : scope + room.folder])
  return [...sources].flatMap(([file, text]) =>
    importedPackages(text)
      .filter(name => !declared.has(name))
      .map(name => `${room.folder}/src/${file} imports ${name}, which package.json does not list`),
  )
}

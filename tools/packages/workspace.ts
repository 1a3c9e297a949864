import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** The fields of a package.json that the checks read. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: unknown
  readonly engines?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly bin?: unknown
  readonly repository?: unknown
  readonly homepage?: unknown
  readonly bugs?: unknown
  readonly publishConfig?: {
    readonly access?: string
    readonly main?: string
    readonly types?: string
    readonly exports?: Readonly<Record<string, unknown>>
    readonly typesVersions?: unknown
  }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Package {
  /** `core`, as its folder is called. */
  readonly folder: string
  readonly path: string
  readonly manifest: Manifest
}

/** What all packages have in common: the address of the project, once it has one. */
export function rootManifest(): { readonly repository?: string } {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
}

/** Every package that is published. */
export function publicPackages(): readonly Package[] {
  const group = join(root, 'packages')
  return readdirSync(group)
    .filter(folder => existsSync(join(group, folder, 'package.json')))
    .map(folder => {
      const path = join(group, folder)
      return { folder, path, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest }
    })
    .filter(({ manifest }) => !manifest.private)
}

/** What others import: `@depthwise/models`, `@depthwise/models/labels`. */
export function entryPoints({ manifest }: Package): readonly string[] {
  return Object.keys(manifest.exports ?? {}).map(path => manifest.name + path.slice(1))
}

/** Sources of a package, by path. */
export function sourcesOf({ path }: Package): ReadonlyMap<string, string> {
  const source = join(path, 'src')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  return new Map(files.map(file => [file, readFileSync(join(source, file), 'utf8')]))
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importedPackages } from './arrows.ts'
import { publicPackages, root } from './workspace.ts'

const snippet = /^( *)```(?:[cm]?[jt]sx?|html)\n(.*?)^\1```/gms
const installLine = /\bnpm (?:i|install)\b(.*)/g
const tarballs = /\S*\*\.tgz/

/** What a Markdown file tells its reader to install; null where it has no line for that. `*.tgz` stands for all of ours. */
function installed(text: string, ours: readonly string[]): ReadonlySet<string> | null {
  const lines = [...text.matchAll(installLine)].map(([, rest = '']) => rest.replace(/[`#;].*/, ''))
  if (lines.length === 0) return null
  const named = lines.flatMap(line => line.split(/\s+/)).filter(word => /^@?[a-z]/.test(word))
  return new Set([...named, ...(lines.some(line => tarballs.test(line)) ? ours : [])])
}

/** Packages that the snippets of a text import, and that whoever follows it does not have. */
export function notInstalled(text: string, ours: readonly string[], listed: readonly string[] = []): readonly string[] {
  const has = installed(text, ours)
  const imported = [...text.matchAll(snippet)].flatMap(([, indent = '', code = '']) =>
    importedPackages(indent === '' ? code : code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')),
  )
  return [...new Set(imported)].filter(name => !has?.has(name) && !listed.includes(name))
}

interface Listing {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** What the package.json of an example installs besides what its README says; the example itself can import its own name. */
function listedBy(folder: string): readonly string[] {
  const path = join(root, folder, 'package.json')
  if (!folder.startsWith('examples/') || !existsSync(path)) return []
  const { name, dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8')) as Listing
  return [name, ...Object.keys({ ...dependencies, ...devDependencies })]
}

/**
 * What is missing from the install lines of every README, and of every guide that has such a line: a snippet imports a package
 * that they do not install.
 */
export function uncoveredSnippets(): readonly string[] {
  const ours = publicPackages().map(({ manifest }) => manifest.name)
  const inside = (group: string): readonly string[] =>
    readdirSync(join(root, group)).map(folder => `${group}/${folder}/README.md`)
  const guides = readdirSync(join(root, 'docs')).filter(file => file.endsWith('.md'))
  const readmes = ['README.md', ...inside('packages'), ...inside('examples')].filter(file =>
    existsSync(join(root, file)),
  )
  const instructing = guides.map(file => `docs/${file}`).filter(file => installed(textOf(file), ours) !== null)
  return [...readmes, ...instructing].flatMap(file =>
    notInstalled(textOf(file), ours, listedBy(file.slice(0, -'/README.md'.length))).map(
      name => `${file}: a snippet imports ${name}, which no install line names`,
    ),
  )
}

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

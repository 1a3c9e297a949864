import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const { resolve } = createRequire(import.meta.url)

/** The folder of an installed package, links not followed; null where it is not installed. */
export function packageFolder(name: string): string | null {
  const candidates = (resolve.paths(name) ?? []).map(folder => join(folder, name))
  return candidates.find(folder => existsSync(join(folder, 'package.json'))) ?? null
}

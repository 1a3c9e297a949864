// What pnpm changes in a manifest that it packs. It leaves out `devDependencies`, which no installation of a package uses and which
// name a package that is not published. The public address of the project stands in one place, `repository` of the root
// package.json, and every tarball gets its own fields from there. While the root has none, no tarball has any.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * The fields of a manifest that say where its package comes from.
 * @param {{ readonly repository?: string }} root the root manifest, whose `repository` is `https://HOST/OWNER/NAME`
 * @param {string} directory the folder of the package in the repository
 * @returns {{ repository?: object, homepage?: string, bugs?: object }}
 */
export function addressFields({ repository }, directory) {
  if (repository === undefined) return {}
  return {
    repository: { type: 'git', url: `git+${repository}.git`, directory },
    homepage: `${repository}/tree/main/${directory}#readme`,
    bugs: { url: `${repository}/issues` },
  }
}

export const hooks = {
  /**
   * @param {{ readonly devDependencies?: object }} manifest
   * @param {string} folder
   */
  beforePacking({ devDependencies: _, ...manifest }, folder) {
    const root = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
    return { ...manifest, ...addressFields(root, relative(here, folder).replaceAll('\\', '/')) }
  },
}

import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError } from './file-system.ts'

/** Extensions of the files that count as images in a folder. */
const extensions = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp|p[bgpn]m)$/i

/** Whether a path has the extension of an image. */
export const hasImageExtension = (path: string): boolean => extensions.test(path)

/**
 * Paths of the images below a folder, sorted by path. Symbolic links are followed; each folder is visited once, so links that
 * form a cycle do no harm.
 * @throws FileError for a folder that cannot be read
 */
export async function* imagesIn(folder: string): AsyncGenerator<string, void, undefined> {
  const paths: string[] = []
  const visited = new Set<string>()
  // Real folders first: what can be reached both directly and through a link is listed under its real path.
  let folders = [folder]
  while (folders.length > 0) {
    const linked: string[] = []
    for (let current = folders.pop(); current !== undefined; current = folders.pop()) {
      const real = await realpath(current).catch(() => current as string)
      if (visited.has(real)) continue
      visited.add(real)
      const entries = await readdir(current, { withFileTypes: true }).catch((error: unknown) => {
        throw fileError(current as string, 'a folder with images', error)
      })
      for (const entry of entries) {
        const path = join(current, entry.name)
        if (entry.isDirectory()) folders.push(path)
        else if (entry.isFile() && hasImageExtension(path)) paths.push(path)
        else if (entry.isSymbolicLink()) {
          // A broken link is skipped like any other file that is not an image.
          const target = await stat(path).catch(() => null)
          if (target?.isDirectory()) linked.push(path)
          else if (target?.isFile() && hasImageExtension(path)) paths.push(path)
        }
      }
    }
    folders = linked
  }
  yield* paths.sort()
}

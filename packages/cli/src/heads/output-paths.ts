import { basename, extname } from 'node:path'
import { OptionError } from '@depthwise/core'
import type { NamedImage } from 'depthwise/node'
import { checkWritable, type WriteOptions } from '../write-files.ts'

/**
 * The PNG file of each image: the path that was given where there is one image; for several, with the name of the image in front of
 * its ending, `boxes.png` becoming `boxes-cat.png`, and a number where two have the same name.
 * @param option as the user wrote it, for the error
 * @throws OptionError for another ending, FileError where nothing can be written
 */
export async function outputPaths(
  path: string | undefined,
  option: string,
  images: readonly NamedImage[],
  options: WriteOptions,
): Promise<readonly string[]> {
  if (path === undefined) return []
  if (!/\.png$/i.test(path)) {
    throw new OptionError({ where: `option ${option}`, expected: 'a file that ends in .png', found: path || '""' })
  }
  const paths =
    images.length > 1
      ? numbered(
          path,
          images.map(({ name }) => name),
        )
      : [path]
  for (const each of paths) await checkWritable(each, options)
  return paths
}

function numbered(path: string, names: readonly string[]): readonly string[] {
  const ending = extname(path)
  const stem = path.slice(0, -ending.length)
  const taken = new Set<string>()
  return names.map(name => {
    const part = partOf(name)
    let own = part
    for (let n = 2; taken.has(own); n++) own = `${part}-${n}`
    taken.add(own)
    return `${stem}-${own}${ending}`
  })
}

/** The last part of a path or an address without its ending, of letters that every file system takes. */
function partOf(name: string): string {
  const last = basename(name.replace(/[?#].*$/, ''))
  const safe = last.slice(0, last.length - extname(last).length).replaceAll(/[^\p{Letter}\p{Number}._-]+/gu, '-')
  return safe.replace(/^-+/, '').slice(0, 100) || 'image'
}

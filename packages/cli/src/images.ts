import { OptionError } from '@depthwise/core'
import { exists, FileError, hasImageExtension, imagesIn, look, maxImageBytes, type NamedImage } from 'depthwise/node'
import { exitDone, exitFailed, report } from './failure.ts'
import type { InputStream, Terminal } from './terminal.ts'

/** What stands for an image on standard input. */
const standardInput = '-'
/** Letters that make a pattern of an argument which is not the path of a file. */
const wildcards = /[*?[\]{}]/

/** The images that arguments stand for. */
export interface FoundImages {
  readonly images: readonly NamedImage[]
  /** Whether every argument stood for at least one image. */
  readonly code: number
}

/**
 * The images that arguments name, in order: files, addresses, `-` for an image on standard input, and in the place of each folder
 * and pattern the images in it. A folder or pattern without images is reported and does not stop the rest. Files are not opened
 * here.
 * @throws OptionError where `-` is given twice, or where no image is piped in
 */
export async function findImages(args: readonly string[], terminal: Terminal): Promise<FoundImages> {
  if (args.filter(arg => arg === standardInput).length > 1) {
    throw new OptionError({ where: 'image -', expected: 'standard input once', found: 'it twice' })
  }
  const images: NamedImage[] = []
  let code = exitDone
  for (const arg of args) {
    try {
      for (const image of await imagesOf(arg, terminal)) images.push(image)
    } catch (error) {
      if (error instanceof OptionError) throw error
      report(error, terminal, arg)
      code = exitFailed
    }
  }
  return { images, code }
}

async function imagesOf(arg: string, { streams }: Terminal): Promise<readonly NamedImage[]> {
  if (arg === standardInput) return [{ name: standardInput, image: await readAll(streams.stdin) }]
  if (/^(https?|data|file):/i.test(arg)) return [{ name: arg.slice(0, 200), image: arg }]
  if (await exists(arg)) {
    if (!(await look(arg, 'an image or a folder')).isDirectory()) return named([arg])
    return named(await found(arg, 'a folder with images', imagesIn(arg)))
  }
  if (!wildcards.test(arg)) return named([arg])
  const { glob } = await import('tinyglobby')
  // Links are not followed into folders, so that cycles end.
  const options = { onlyFiles: true, dot: false, followSymbolicLinks: false, expandDirectories: false }
  const matches = await glob([process.platform === 'win32' ? arg.replaceAll('\\', '/') : arg], options)
  return named(await found(arg, 'a pattern that matches images', matches.filter(hasImageExtension).toSorted()))
}

const named = (paths: readonly string[]): readonly NamedImage[] => paths.map(path => ({ name: path, image: path }))

async function found(
  where: string,
  expected: string,
  paths: Iterable<string> | AsyncIterable<string>,
): Promise<readonly string[]> {
  const all: string[] = []
  for await (const path of paths) all.push(path)
  if (all.length === 0) throw new FileError({ where, expected, found: 'none' })
  return all
}

/**
 * All bytes of a stream.
 * @throws OptionError where no image is piped in, FileError for more bytes than an image may have
 */
async function readAll(stream: InputStream | undefined): Promise<Uint8Array> {
  const expected = 'an image on standard input, as in `depthwise classify - < cat.jpg`'
  if (!stream || stream.isTTY) {
    throw new OptionError({ where: 'image -', expected, found: stream ? 'a terminal' : 'no standard input' })
  }
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    parts.push(bytes)
    size += bytes.length
    if (size > maxImageBytes) {
      throw new FileError({ where: standardInput, expected: `at most ${maxImageBytes} bytes`, found: 'more' })
    }
  }
  if (size === 0)
    throw new FileError({ where: standardInput, expected: 'an image on standard input', found: 'nothing' })
  return new Uint8Array(Buffer.concat(parts))
}

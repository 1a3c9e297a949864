import { OptionError } from '@depthwise/core'

/** A value of `--input` or `--output`: a file, and the name of an end of the network where one is given. */
export interface NamedFile {
  readonly path: string
  readonly name?: string
}

/** `"a", "b"`, for messages that list what there is. */
export const quoted = (names: readonly string[]): string => names.map(name => `"${name}"`).join(', ')

/**
 * Takes `NAME=FILE` apart. Names may hold slashes, colons and equals signs, and files may too: the longest name that is one
 * of the network's counts, and a path that begins with a slash or a dot is a file alone.
 * @param option in errors
 * @throws OptionError for a name that the network does not have
 */
export function parseNamed(text: string, names: readonly string[], option: string): NamedFile {
  const [name] = names.filter(each => text.startsWith(`${each}=`)).toSorted((a, b) => b.length - a.length)
  if (name !== undefined) return { name, path: text.slice(name.length + 1) }
  if (!text.includes('=') || /^\.{0,2}\//.test(text)) return { path: text }
  throw new OptionError({
    where: `option ${option}`,
    expected: `NAME=FILE with a name of the network: ${quoted(names)} (or a path that begins with ./)`,
    found: text,
  })
}

import { createHash } from 'node:crypto'

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * One fingerprint for the files of a folder: the SHA-256 of what `sha256sum` prints of them in the order of their names,
 * that is `LC_ALL=C; sha256sum FILES... | sha256sum`.
 */
export function sha256OfFolder(hashes: ReadonlyMap<string, string>): string {
  const lines = [...hashes].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, hash]) => `${hash}  ${name}\n`)
  return sha256(lines.join(''))
}

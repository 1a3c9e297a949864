import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a file whole or not at all, in folders that it makes: whoever reads it, or cuts the run off, finds the text before or
 * the new one.
 */
export function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const part = `${file}.part`
  writeFileSync(part, text)
  renameSync(part, file)
}

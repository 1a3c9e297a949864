import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** The files that one loads, itself included; type-only imports load nothing. */
function loadedBy(file: URL, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(file.pathname)) return seen
  seen.add(file.pathname)
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^']*'(\.[\w./-]+\.ts)'/gm)
  for (const [, path] of imports) loadedBy(new URL(path as string, file), seen)
  return seen
}

it.each(['index.ts', 'backend.ts'])('%s loads neither integer arithmetic nor what heads compute with', entry => {
  const loaded = [...loadedBy(new URL(`../../src/${entry}`, import.meta.url))]
  expect(loaded.length).toBeGreaterThan(20)
  expect(loaded.filter(path => /\/(integers|heads)\//.test(path))).toEqual([])
})

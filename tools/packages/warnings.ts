import { dependenciesOf } from './arrows.ts'
import { publicPackages } from './workspace.ts'

/** What Node warns of on standard error: `(node:123) [DEP0040] DeprecationWarning: ...`, with the stack that led there. */
export function warningsOfNode(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^\(node:\d+\) (?:.*\n)(?:\s+at .*\n)*/gm)].map(([text]) => text.trim())
}

/**
 * What npm or pnpm warn of that our manifests can change: engines, peers, and deprecated packages that they name. Deprecated
 * packages further down are for others to replace.
 */
export function warningsOfInstall(printed: string): readonly string[] {
  const named = publicPackages().flatMap(each => [each.manifest.name, ...dependenciesOf(each)])
  return printed.split('\n').filter(line => {
    if (/EBADENGINE|Unsupported engine|ERESOLVE|missing peer|unmet peer|peer dependenc/i.test(line)) return true
    return /\bdeprecated\b/i.test(line) && named.some(name => new RegExp(`(?:^|\\s)${name}@`).test(line))
  })
}

import { host } from './environment.ts'

/** The debug ladder: 1 plan, 2 memory, 3 emitted code, 4 values. */
export type DebugLevel = 0 | 1 | 2 | 3 | 4

/** Set by `DEPTHWISE_DEBUG=1..4` in the environment, or `globalThis.DEPTHWISE_DEBUG` in a page. */
export function debugLevel(): DebugLevel {
  const level = Number(host.DEPTHWISE_DEBUG ?? environmentLevel() ?? 0)
  return (level >= 1 ? Math.min(4, Math.floor(level)) : 0) as DebugLevel
}

/** Hosts that ask before code may read the environment answer with an exception: that is no reason to fail. */
function environmentLevel(): string | undefined {
  try {
    return host.process?.env?.['DEPTHWISE_DEBUG']
  } catch {
    return undefined
  }
}

/** Writes to the console's error stream when the ladder stands at `level` or above; `text` is made only then. */
export function debug(level: DebugLevel, text: () => string): void {
  if (debugLevel() >= level) host.console?.error(text())
}

import { existsSync } from 'node:fs'

/** Debian's Chromium, with which pages are tested. */
export const program = '/usr/bin/chromium'

/** What this machine lacks of it; null when nothing. */
export const missing: string | null = existsSync(program) ? null : program

/** So that it asks nobody for anything, and starts where tests run. */
export const flags: readonly string[] = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Sandboxing needs privileges that root in a container has not.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

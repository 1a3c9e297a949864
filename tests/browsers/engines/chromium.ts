import { existsSync } from 'node:fs'
import type { Engine } from './engine.ts'
import { puppet } from './puppet.ts'

const program = '/usr/bin/chromium'

const flags = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** V8: over the Chrome DevTools protocol. */
export const chromium: Engine = {
  name: 'Chromium',
  relaxed: 'yes',
  sharing: 'isolated',
  missing: () => (existsSync(program) ? null : program),
  launch: () =>
    puppet({
      executablePath: program,
      // Sandboxing needs privileges that root in a container has not.
      args: process.getuid?.() === 0 ? [...flags, '--no-sandbox'] : flags,
    }),
}

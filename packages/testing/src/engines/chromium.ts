import { flags, missing, program } from '../chromium.ts'
import type { Engine } from './engine.ts'
import { puppet } from './puppet.ts'

/** V8: over the Chrome DevTools protocol. */
export const chromium: Engine = {
  name: 'Chromium',
  relaxed: 'yes',
  sharing: 'isolated',
  missing: () => missing,
  launch: () => puppet({ executablePath: program, args: [...flags] }),
}

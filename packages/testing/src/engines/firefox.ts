import { existsSync } from 'node:fs'
import type { Engine } from './engine.ts'
import { puppet } from './puppet.ts'

const program = '/usr/bin/firefox-esr'

/** SpiderMonkey: over WebDriver BiDi, which the browser itself speaks. */
export const firefox: Engine = {
  name: 'Firefox',
  relaxed: 'perhaps',
  sharing: 'isolated',
  missing: () => (existsSync(program) ? null : program),
  launch: () => puppet({ browser: 'firefox', executablePath: program }),
}

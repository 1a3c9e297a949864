import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromium } from './engines/chromium.ts'
import type { Browser, Engine } from './engines/engine.ts'
import { firefox } from './engines/firefox.ts'
import { webkit } from './engines/webkit.ts'
import { type Expected, expectations, expectSurvey } from './expect-survey.ts'
import type { NetworkName } from './page/networks.ts'
import { type Serving, Site } from './site.ts'

// The wasm backend where users have it: in a page, in three engines, however the page is served.

interface Way extends Serving {
  readonly name: string
  readonly workerUrl: boolean
  /** Why there is one thread, where there is. */
  readonly alone: RegExp | null
}

const notIsolated = /^fewer threads than 2: the page is not cross-origin isolated \(COOP and COEP headers\)/
const blocked = /^fewer threads than 2: a worker could not be started: .*\w.*/
const ways: readonly Way[] = [
  { name: 'with COOP and COEP', isolated: true, strict: false, workerUrl: false, alone: null },
  { name: 'without COOP and COEP', isolated: false, strict: false, workerUrl: false, alone: notIsolated },
  { name: 'under a strict CSP, with workerUrl', isolated: true, strict: true, workerUrl: true, alone: null },
  { name: 'under a strict CSP, without workerUrl', isolated: true, strict: true, workerUrl: false, alone: blocked },
]
const places = ['main thread', 'worker'] as const

let site: Site
let expected: ReadonlyMap<NetworkName, Expected>
beforeAll(async () => {
  site = await Site.open()
  expected = await expectations()
})
afterAll(() => site[Symbol.asyncDispose]())

/** Skips where the browser is absent, and says so; never on CI, where its absence is a failure. */
function describeEngine({ name, missing }: Engine, body: () => void): void {
  const lack = missing()
  if (lack && !process.env['CI']) describe.skip(`${name} (skipped: no ${lack})`, body)
  else describe(name, body)
}

describe.each([chromium, firefox, webkit].map(engine => [engine] as const))('', engine => {
  describeEngine(engine, () => {
    let browser: Browser
    beforeAll(async () => {
      expect(engine.missing(), `${engine.name} is not installed`).toBeNull()
      browser = await engine.launch()
    }, 60_000)
    afterAll(() => browser?.[Symbol.asyncDispose]())

    describe.each(places)('on the %s', place => {
      it.each(ways)('$name', async ({ isolated, strict, workerUrl, alone }) => {
        const query = { place: place === 'worker' ? 'worker' : 'main', ...(workerUrl && { workerUrl: 'threads.js' }) }
        const { url, report } = site.invite({ isolated, strict }, query)
        const console = await browser.visit(url, report)
        const { survey, failure, complaints } = await report
        process.stderr.write(JSON.stringify([engine.name,browser.version,place,strict,isolated,workerUrl,console,complaints,survey?.engine,[...new Set(survey?.runs.flatMap(r=>[...r.before.reasons,'|',...r.after.reasons]))]])+'\n')
        expect(failure).toBeUndefined()
        // An engine may tell of the Blob that the policy has blocked; nothing else may go wrong.
        const allowed = alone === blocked ? /content security policy|content-security-policy/i : /^$/
        expect([...console, ...complaints].filter(line => !allowed.test(line))).toEqual([])
        expect(survey?.engine.isolated).toBe(isolated)
        if (engine === chromium) expect(survey?.engine.relaxed).toBe(true)
        expectSurvey(survey!, expected, alone)
      })
    })
  })
})

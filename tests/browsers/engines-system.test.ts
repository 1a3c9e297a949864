import { chromium } from '@depthwise/testing/engines/chromium'
import { describeEngine } from '@depthwise/testing/engines/describe'
import { visit } from '@depthwise/testing/engines/engine'
import { firefox } from '@depthwise/testing/engines/firefox'
import { launched } from '@depthwise/testing/engines/launched'
import { webkit, webkitSharing } from '@depthwise/testing/engines/webkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Expected, expectations, expectSurvey } from './expect-survey.ts'
import type { NetworkName } from './page/networks.ts'
import { openSite, type Serving, type SurveySite } from './site.ts'

// The wasm backend where users have it: in a page, in three engines, however the page is served.

interface Way extends Serving {
  readonly name: string
  readonly workerUrl: boolean
  /** Why there is one thread, where there is. */
  readonly alone: RegExp | null
}

const notIsolated = /^fewer threads than 2: the page is not cross-origin isolated \(COOP and COEP headers\)/
const noSharing = /^fewer threads than 2: this engine has no SharedArrayBuffer$/
const mayHang = /^fewer threads than 2: a worker in a worker may hang Firefox$/
const blocked =
  /^fewer threads than 2: a worker could not be started: \w.* \(worker-src of the content security policy\?\)$/
const ways: readonly Way[] = [
  { name: 'with COOP and COEP', isolated: true, strict: false, workerUrl: false, alone: null },
  { name: 'without COOP and COEP', isolated: false, strict: false, workerUrl: false, alone: notIsolated },
  { name: 'under a strict CSP, with workerUrl', isolated: true, strict: true, workerUrl: true, alone: null },
  { name: 'under a strict CSP, without workerUrl', isolated: true, strict: true, workerUrl: false, alone: blocked },
]
const places = ['main thread', 'worker'] as const

let site: SurveySite
let expected: ReadonlyMap<NetworkName, Expected>
beforeAll(async () => {
  site = await openSite()
  expected = await expectations()
}, 60_000)
afterAll(() => site[Symbol.asyncDispose]())

for (const engine of [chromium, firefox, webkit, webkitSharing]) {
  describeEngine(engine, () => {
    const browser = launched(engine)

    // Where every page has shared memory, what becomes of pages without it has been seen already.
    const offered = ways.filter(({ isolated }) => isolated || engine.sharing !== 'everywhere')
    describe.each(places)('on the %s', place => {
      it.each(offered)('$name', async ({ isolated, strict, workerUrl, alone }) => {
        const query = { place: place === 'worker' ? 'worker' : 'main', ...(workerUrl && { workerUrl: 'threads.js' }) }
        const { url, report } = site.invite({ isolated, strict }, query)
        const console = await visit(browser(), url, report)
        const { survey, failure, errors } = await report
        if (!survey) throw new Error(failure)
        // An engine may tell of the Blob that the policy has blocked; nothing else may go wrong.
        const allowed = alone === blocked ? /content[ -]security[ -]policy/i : /^$/
        expect([...console, ...errors].filter(line => !allowed.test(line))).toEqual([])
        const { engine: found } = survey
        expect(found.isolated).toBe(isolated)
        if (engine.relaxed === 'yes') expect(found.relaxed).toBe(true)
        if (engine.sharing !== 'perhaps') expect(found.sharing).toBe(isolated)
        const nested = engine === firefox && place === 'worker'
        expectSurvey(survey, expected, !isolated ? alone : !found.sharing ? noSharing : nested ? mayHang : alone)
      })
    })
  })
}

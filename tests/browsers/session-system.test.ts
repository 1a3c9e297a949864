import { chromium } from '@depthwise/testing/engines/chromium'
import { describeEngine } from '@depthwise/testing/engines/describe'
import { visit } from '@depthwise/testing/engines/engine'
import { firefox } from '@depthwise/testing/engines/firefox'
import { launched } from '@depthwise/testing/engines/launched'
import { webkit } from '@depthwise/testing/engines/webkit'
import { pageOf, pageScripts } from '@depthwise/testing/page-script'
import { strictPolicy } from '@depthwise/testing/site'
import { VisitedSite } from '@depthwise/testing/visits'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionReport } from './page/session.ts'

// Sessions in pages whose policy forbids WebAssembly code, and what runs leave to the event loop in those that allow it.

const policies = {
  'a policy that allows WebAssembly': strictPolicy,
  "a policy without 'wasm-unsafe-eval'": "script-src 'self'",
} as const
type Policy = keyof typeof policies

let site: VisitedSite<Policy, SessionReport>
beforeAll(async () => {
  const scripts = await pageScripts({ session: new URL('page/session.ts', import.meta.url) })
  site = await VisitedSite.open(({ path, way }) => {
    const body = path === '' ? pageOf('session.js') : scripts.get(path)
    return body === undefined ? null : { body, headers: { 'Content-Security-Policy': policies[way] } }
  })
}, 60_000)
afterAll(() => site?.[Symbol.asyncDispose]())

for (const engine of [chromium, firefox, webkit]) {
  describeEngine(engine, () => {
    const browser = launched(engine)

    const visited = async (policy: Policy, place: string): Promise<SessionReport> => {
      const { url, report } = site.invite(policy, { place })
      await visit(browser(), url, report)
      return report
    }

    describe.each(['main thread', 'worker'])('on the %s', place => {
      it("under a policy without 'wasm-unsafe-eval' the reference answers, with the reason", async () => {
        const found = await visited("a policy without 'wasm-unsafe-eval'", place)
        const reason = expect.stringMatching(
          /(compiles|instantiates) WebAssembly, found CompileError: .*wasm-unsafe-eval/s,
        )
        expect(found).toMatchObject({
          backend: 'reference',
          skipped: [{ backend: 'wasm', reason }],
          available: false,
          reasons: [reason],
        })
        expect(found.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
        expect(found).toMatchObject({ fired: true, aborted: 'enough' })
      })

      it('under one with it, wasm runs, and lets timers fire', async () => {
        const found = await visited('a policy that allows WebAssembly', place)
        expect(found).toMatchObject({ backend: 'wasm', skipped: [], available: true, fired: true, aborted: 'enough' })
        expect(found.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
      })
    })
  })
}

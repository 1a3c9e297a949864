import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { chromium } from '@depthwise/testing/engines/chromium'
import { describeEngine } from '@depthwise/testing/engines/describe'
import { visit } from '@depthwise/testing/engines/engine'
import { firefox } from '@depthwise/testing/engines/firefox'
import { launched } from '@depthwise/testing/engines/launched'
import { webkit } from '@depthwise/testing/engines/webkit'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionReport } from './page/session.ts'

// Sessions in pages whose policy forbids WebAssembly code, and what runs leave to the event loop in those that allow it.

const policies = {
  'a policy that allows WebAssembly': "script-src 'self' 'wasm-unsafe-eval'",
  "a policy without 'wasm-unsafe-eval'": "script-src 'self'",
} as const
type Policy = keyof typeof policies
const names = Object.keys(policies) as Policy[]

const html =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="session.js"></script>'

let server: Server
let site: string
let reported: (report: SessionReport | string) => void = () => {}
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/session.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const script = outputFiles[0]?.text
  server = createServer(async (request, response) => {
    const [, index, file] = new URL(request.url ?? '', 'http://localhost').pathname.split('/')
    if (file === 'report') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      response.writeHead(204).end()
      reported(JSON.parse(Buffer.concat(chunks).toString()))
      return
    }
    response.writeHead(200, {
      'Content-Type': `text/${file === '' ? 'html' : 'javascript'}; charset=utf-8`,
      'Content-Security-Policy': policies[names[Number(index)] as Policy],
    })
    response.end(file === '' ? html : script)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 60_000)
afterAll(async () => {
  server.closeAllConnections()
  await new Promise<void>(resolve => server.close(() => resolve()))
})

for (const engine of [chromium, firefox, webkit]) {
  describeEngine(engine, () => {
    const browser = launched(engine)

    const visited = async (policy: Policy, place: string): Promise<SessionReport> => {
      const report = new Promise<SessionReport | string>(resolve => {
        reported = resolve
      })
      await visit(browser(), `${site}/${names.indexOf(policy)}/?${place}`, report)
      const found = await report
      if (typeof found === 'string') throw new Error(found)
      return found
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

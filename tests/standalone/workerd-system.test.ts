import { describeShared } from '@depthwise/testing/shared-folder'
import { Miniflare } from 'miniflare'
import { expect, it } from 'vitest'
import { atRunTime, bitsOf, compiled, nets, photo } from './nets.ts'

// workerd, the runtime of an edge platform: it compiles modules that are deployed, and none at run time.

const worker = `
  import { load } from './net.js'
  import module from './net.wasm'

  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)
  const refusal = () => {
    try {
      new WebAssembly.Module(empty)
      return 'none'
    } catch (error) {
      return String(error)
    }
  }
  const net = await load(module)

  export default {
    async fetch(request) {
      if (request.method === 'GET') return new Response(refusal())
      try {
        return new Response(net.run(new Uint8Array(await request.arrayBuffer())))
      } catch (error) {
        return new Response(String(error), { status: 400 })
      }
    },
  }
`

describeShared('a compiled network in workerd', () => {
  it.each([
    ['V1', 'plain'],
    ['V1', 'relaxed'],
    ['V2', 'plain'],
    ['V2', 'relaxed'],
  ] as const)('%s gives the bits of the run-time compiler, %s', async (name, simd) => {
    const net = nets[name]
    const files = await compiled(net, `--${simd}`)
    const miniflare = new Miniflare({
      compatibilityDate: '2026-07-01',
      modules: [
        { type: 'ESModule', path: 'worker.js', contents: worker },
        { type: 'ESModule', path: 'net.js', contents: Buffer.from(files.read('net.js')).toString() },
        { type: 'CompiledWasm', path: 'net.wasm', contents: files.read('net.wasm') },
      ],
    })
    try {
      const url = await miniflare.ready
      expect(await (await fetch(url)).text()).toMatch(/CompileError: .*disallowed/)
      const pixels = await photo('bird.png', net.side)
      const answer = await fetch(url, { method: 'POST', body: pixels })
      expect(answer.status).toBe(200)
      const output = new Float32Array(await answer.arrayBuffer())
      expect(bitsOf(output)).toBe(bitsOf(await atRunTime(net, simd, pixels)))
      const wrong = await fetch(url, { method: 'POST', body: pixels.slice(3) })
      expect(await wrong.text()).toBe(`Error: net: expected 224x224 RGB(A) bytes, found ${pixels.length - 3}`)
    } finally {
      await miniflare.dispose()
    }
  })
})

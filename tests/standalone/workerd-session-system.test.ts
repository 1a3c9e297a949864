import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { expect, it } from 'vitest'

// A runtime that compiles no WebAssembly at run time: sessions go on to the reference there, and say why.

const worker = `
  import { createSession, GraphBuilder, tensor } from '@depthwise/core'
  import { peak, reference, wasm } from '@depthwise/ops-cpu'

  const b = new GraphBuilder()
  const graph = b.build([b.relu(b.input([1, 3], { name: 'x' }), { name: 'y' })])

  export default {
    async fetch() {
      const session = await createSession(graph, new Map(), { backends: [wasm({ threads: 2 }), reference()] })
      const { y } = await session.run({ x: tensor([1, 3], [-1, 2, -3]) })
      const refused = await peak().catch(({ name }) => name)
      const { available, reasons } = await wasm().probe()
      return Response.json({ backend: session.backend, skipped: session.skipped, y: [...y.data], available, reasons, refused })
    },
  }
`

it('a session in workerd ends up on the reference, with the reason', async () => {
  const { outputFiles } = await build({
    stdin: { contents: worker, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const contents = outputFiles[0]?.text as string
  const miniflare = new Miniflare({
    compatibilityDate: '2026-07-01',
    modules: [{ type: 'ESModule', path: 'worker.js', contents }],
  })
  try {
    const answer = await (await fetch(await miniflare.ready)).json()
    const reason = expect.stringMatching(/compiles WebAssembly, found CompileError: .*disallowed/)
    expect(answer).toEqual({
      backend: 'reference',
      skipped: [{ backend: 'wasm', reason }],
      y: [0, 2, 0],
      available: false,
      reasons: [reason],
      refused: 'BackendUnavailableError',
    })
  } finally {
    await miniflare.dispose()
  }
})

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { load } from 'depthwise'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import sharp from 'sharp'
import { expect, it } from 'vitest'

// The package `depthwise` in workerd, the runtime of an edge platform: no paths, no decoder, no WebAssembly at run time.

const file = checkpoint('mobilenet_v1_0.25_128_quant.tflite')

const worker = `
  import { load } from 'depthwise'

  const attempt = work => work().then(() => 'nothing', ({ name, message }) => name + ': ' + message)

  export default {
    async fetch(request) {
      const form = await request.formData()
      const net = await load(await form.get('network').arrayBuffer())
      const data = new Uint8Array(await form.get('pixels').arrayBuffer())
      const side = Math.sqrt(data.length / 3)
      const [best] = await net.classify({ width: side, height: side, channels: 3, data })
      const { backend, skipped, preprocessingFrom } = net.info
      return Response.json({
        best,
        backend,
        skipped: skipped.map(({ backend }) => backend),
        preprocessingFrom,
        encoded: await attempt(() => net.classify(form.get('encoded'))),
        path: await attempt(() => net.classify('cat.png')),
        network: await attempt(() => load('network.tflite')),
      })
    },
  }
`

async function bundled(conditions: readonly string[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: worker, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: [...conditions],
    write: false,
  })
  return outputFiles[0]?.text as string
}

describeShared('the package depthwise in workerd', () => {
  it('classifies pixels with a network from bytes, and says what this host cannot do', async () => {
    const side = 128
    const pixels = await sharp(photo('cat.png')).removeAlpha().resize(side, side, { fit: 'fill' }).raw().toBuffer()
    const form = new FormData()
    form.set('network', new Blob([await readFile(file)]))
    form.set('pixels', new Blob([pixels]))
    form.set('encoded', new File([await readFile(photo('cat.png'))], 'cat.png'))
    const miniflare = new Miniflare({
      compatibilityDate: '2026-07-01',
      modules: [{ type: 'ESModule', path: 'worker.js', contents: await bundled(['workerd', 'worker']) }],
    })
    const net = await load(file)
    try {
      const [best] = await net.classify({ width: side, height: side, channels: 3, data: pixels })
      const answer = await fetch(await miniflare.ready, { method: 'POST', body: form })
      const found = (await answer.json()) as { readonly best: { readonly probability: number } }
      expect(found).toMatchObject({
        best: { index: best?.index, label: best?.label },
        backend: 'reference',
        skipped: ['wasm'],
        preprocessingFrom: net.info.preprocessingFrom,
        encoded: expect.stringMatching(/^OptionError: cat\.png: expected pixels .* since this host decodes no images/),
        path: expect.stringMatching(/^OptionError: address: expected an absolute one, found "cat\.png"/),
        network: expect.stringMatching(/^OptionError: address: expected an absolute one, found "network\.tflite"/),
      })
      expect(found.best.probability).toBeCloseTo(best?.probability ?? 0, 4)
    } finally {
      await net.close()
      await miniflare.dispose()
    }
  })
})

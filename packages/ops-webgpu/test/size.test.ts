import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

it('a page that classifies with both networks on WebGPU loads at most 35 KiB', async () => {
  const contents = `
    export { createClassifier, mobileNetV1, mobileNetV2 } from '@depthwise/models'
    export { webgpu } from '@depthwise/ops-webgpu'`
  const stdin = { contents, resolveDir: import.meta.dirname, loader: 'ts' } as const
  const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: 'esm', write: false })
  expect(brotliCompressSync(outputFiles[0]?.contents ?? '').length).toBeLessThanOrEqual(35 * 1024)
})

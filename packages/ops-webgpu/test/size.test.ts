import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { budgets } from '../../../tools/packages/budgets.ts'

it('a page that classifies with both networks on WebGPU loads no more than its budget', async () => {
  const budget = budgets.find(({ imports }) => imports.includes('@depthwise/ops-webgpu'))
  const stdin = { contents: budget?.imports ?? '', resolveDir: import.meta.dirname, loader: 'ts' } as const
  const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: 'esm', write: false })
  const bytes = brotliCompressSync(outputFiles[0]?.contents ?? '').length
  expect(bytes).toBeGreaterThan(20_000)
  expect(bytes / 1024).toBeLessThanOrEqual(budget?.kibibytes ?? 0)
})

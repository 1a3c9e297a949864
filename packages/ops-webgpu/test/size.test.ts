import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { type Budget, budgets } from '../../../tools/packages/budgets.ts'

/** Bundled for a page and compressed; kernels of quantized networks are loaded with the first of those. */
async function bytesOf({ imports, whole }: Pick<Budget, 'imports' | 'whole'>): Promise<number> {
  const stdin = { contents: imports, resolveDir: import.meta.dirname, loader: 'ts' } as const
  const external = whole ? [] : ['./integers/index.ts']
  const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: 'esm', write: false, external })
  return brotliCompressSync(outputFiles[0]?.contents ?? '').length
}

it('a page that classifies with both networks on WebGPU loads no more than its budgets, of reals and of integers', async () => {
  const ours = budgets.filter(({ imports }) => imports.includes('@depthwise/ops-webgpu'))
  expect(ours.map(({ whole = false }) => whole)).toEqual([false, true])
  const sizes = await Promise.all(ours.map(bytesOf))
  expect(Math.min(...sizes)).toBeGreaterThan(20_000)
  for (const [i, { kibibytes }] of ours.entries()) expect((sizes[i] ?? NaN) / 1024).toBeLessThanOrEqual(kibibytes)
})

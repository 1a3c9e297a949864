import { brotliCompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { type Budget, budgets } from '../../../tools/packages/budgets.ts'
import { buildForPages } from '../../../tools/packages/consumers.ts'

/** Bundled for a page and compressed; parts that a page loads later count where the budget is for the whole. */
async function bytesOf({ imports, parts }: Budget): Promise<number> {
  const { outputFiles } = await buildForPages(import.meta.dirname, imports, parts ?? [])
  return brotliCompressSync(outputFiles[0]?.contents ?? '').length
}

it('a page that classifies with both networks on WebGPU loads no more than its budgets, of reals and of integers', async () => {
  const ours = budgets.filter(({ imports }) => imports.includes('@depthwise/ops-webgpu'))
  expect(ours.map(({ parts }) => parts !== undefined)).toEqual([false, true])
  const sizes = await Promise.all(ours.map(bytesOf))
  expect(Math.min(...sizes)).toBeGreaterThan(20_000)
  for (const [i, { kibibytes }] of ours.entries()) expect((sizes[i] ?? NaN) / 1024).toBeLessThanOrEqual(kibibytes)
})

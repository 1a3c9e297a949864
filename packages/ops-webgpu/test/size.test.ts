import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { budgets } from '../../../tools/packages/budgets.ts'

/** What kernels on bytes may add, in KiB: pages load them with the first quantized network. */
const integersKibibytes = 9.5

/** Bundled for a page, compressed; `without`: files that are loaded later. */
async function bytesOf(contents: string, without: readonly string[] = []): Promise<number> {
  const stdin = { contents, resolveDir: import.meta.dirname, loader: 'ts' } as const
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    external: [...without],
  })
  return brotliCompressSync(outputFiles[0]?.contents ?? '').length
}

const budget = budgets.find(each => each.imports.includes('@depthwise/ops-webgpu'))
const integers = './integers/index.ts'

it('a page that classifies with both networks on WebGPU loads no more than its budget', async () => {
  const bytes = await bytesOf(budget?.imports ?? '', [integers])
  expect(bytes).toBeGreaterThan(20_000)
  expect(bytes / 1024).toBeLessThanOrEqual(budget?.kibibytes ?? 0)
})

it('integers are loaded for quantized networks alone, and stay small', async () => {
  const [reals, all] = [await bytesOf(budget?.imports ?? '', [integers]), await bytesOf(budget?.imports ?? '')]
  expect(all - reals).toBeGreaterThan(5_000)
  expect((all - reals) / 1024).toBeLessThanOrEqual(integersKibibytes)
})

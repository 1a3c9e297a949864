import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { closureOf, filesOf } from '../src/carry/closure.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '')

test('what is carried is all that the WebGPU runtimes need, peers of packages included, and no more', () => {
  const carried = closureOf(`${repository}/apps/bench`)
  const names = carried.map(({ folder }) => /([^/]+\/)?[^/]+$/.exec(folder.replace(/.*node_modules\//, ''))?.[0])
  const wanted = [
    'packages/core',
    'webgpu',
    'onnxruntime-web',
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-backend-webgpu',
  ]
  for (const name of [...wanted, 'esbuild', 'commander']) expect(names).toContain(name)
  for (const name of ['onnxruntime-node', 'playwright-core', '@litertjs/core']) expect(names).not.toContain(name)
  const files = carried.flatMap(each => filesOf(each, repository))
  expect(files).toContain('apps/bench/src/bin.ts')
  expect(files).toContain('apps/bench/node_modules/webgpu')
  expect(files.some(file => /\.map$|^\.\.|^apps\/bench\/test\//.test(file))).toBe(false)
})

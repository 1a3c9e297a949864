import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createRegistry } from '@depthwise/core'
import { filesAtAddress, readRemote } from '../checkpoint/remote.ts'
import { maxImageBytes } from '../image/source.ts'
import type { Platform } from '../platform.ts'
import { filesAt } from './checkpoint-files.ts'
import { decodeImage } from './decode.ts'
import { fetchCheckpoint } from './fetch/fetch-checkpoint.ts'
import { exists, readBytes } from './file-system.ts'
import { imagesIn } from './images-in.ts'
import { startPool } from './pool.ts'

/** Node, and what follows it: Deno and Bun. */
export const nodePlatform: Platform = {
  registry: createRegistry({
    wasm: async () => (await import('@depthwise/ops-cpu/wasm')).wasm(),
    reference: async () => (await import('@depthwise/ops-cpu/reference')).reference(),
    webgpu: async () => (await import('./webgpu.ts')).nodeWebGpu(),
  }),
  preferred: ['wasm', 'reference'],
  imageKinds: 'a path, an address, bytes or a Blob of an image file, or pixels { width, height, channels, data }',
  async readBytes(source, expected) {
    if (/^(https?|data|blob):/i.test(source)) return readRemote(source, expected, { maxBytes: maxImageBytes })
    return readBytes(source.startsWith('file:') ? fileURLToPath(source) : source, expected)
  },
  hasPath: exists,
  filesAt: path => filesAt(path.startsWith('file:') ? fileURLToPath(path) : path),
  filesAtAddress: (url, options) => filesAtAddress(url, (address, expected) => readRemote(address, expected, options)),
  async filesOfPublished(checkpoint, options) {
    return filesAt(await fetchCheckpoint(checkpoint, options))
  },
  imagesIn,
  decode: (bytes, where) => decodeImage(bytes, where, { alpha: true }),
  cores: () => availableParallelism(),
  startPool,
}

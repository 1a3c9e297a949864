import { createRegistry, OptionError } from '@depthwise/core'
import { filesAtAddress, readRemote } from '../checkpoint/remote.ts'
import { maxImageBytes } from '../image/source.ts'
import type { Platform } from '../platform.ts'
import { absolute } from './address.ts'
import { decodeInHost } from './decode.ts'
import { pixelsOfDrawable } from './draw.ts'
import { filesOfPublished } from './published.ts'

/** Pages, workers and edge hosts. */
export const webPlatform: Platform = {
  registry: createRegistry({
    wasm: async () => (await import('@depthwise/ops-cpu/wasm')).wasm(),
    reference: async () => (await import('@depthwise/ops-cpu/reference')).reference(),
    webgpu: async () => (await import('@depthwise/ops-webgpu')).webgpu(),
  }),
  preferred: ['wasm', 'reference'],
  imageKinds:
    'an <img>, <video>, <canvas>, ImageData, ImageBitmap, VideoFrame, Blob or File, an address, bytes, or pixels { width, height, channels, data }',
  readBytes: (source, expected) => readRemote(absolute(source), expected, { maxBytes: maxImageBytes }),
  hasPath: async () => false,
  // What is no address of its own is relative to the page, as in <img src>.
  filesAt: async (path, options) => webPlatform.filesAtAddress(absolute(path), options),
  // Not kept by us: what is at an address may change, which the cache of HTTP knows how to find out.
  filesAtAddress: (url, options) => filesAtAddress(url, (address, expected) => readRemote(address, expected, options)),
  filesOfPublished: async (checkpoint, options) => filesOfPublished(checkpoint, options),
  imagesIn(folder) {
    throw new OptionError({
      where: 'images',
      expected: 'a list of images, since this host has no folders',
      found: `"${folder.slice(0, 80)}"`,
    })
  },
  decode: decodeInHost,
  draw: pixelsOfDrawable,
  cores: worker =>
    (worker && (globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } }).navigator)
      ?.hardwareConcurrency ?? 1,
  startPool: async (setup, jobs, worker) => (await import('./pool.ts')).startPool(setup, jobs, worker),
}

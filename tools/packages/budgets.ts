/**
 * What a page may pay for what it imports: bundled and minified by esbuild, compressed by brotli. Parts that are loaded only when
 * something asks for them are another matter, unless a budget counts them in.
 */
export interface Budget {
  readonly name: string
  readonly imports: string
  /** The limit, in KiB of 1024 bytes. */
  readonly kibibytes: number
  /** A limit that users are promised: the report warns close to it, and says which files take the most of it. */
  readonly published?: true
  /** Parts that count although they are loaded later, by the names of their folders or files. */
  readonly parts?: readonly string[]
}

/** What a quantized graph loads. */
const integers = ['integers', 'image-values']

export const budgets: readonly Budget[] = [
  { name: 'errors alone', imports: "export { ShapeError } from '@depthwise/core'", kibibytes: 1.5 },
  {
    name: 'the graph of a network, and its passes',
    imports: "export { optimize } from '@depthwise/core/backend'; export { mobileNetV2 } from '@depthwise/models'",
    kibibytes: 11,
  },
  {
    name: 'core, models and the reference backend',
    imports: `
      export { createSession } from '@depthwise/core'
      export { createClassifier, mobileNetV1, mobileNetV2 } from '@depthwise/models'
      export { reference } from '@depthwise/ops-cpu'`,
    kibibytes: 23,
  },
  {
    name: 'core, models and the wasm backend',
    imports: `
      export { createSession } from '@depthwise/core'
      export { createClassifier, createEmbedder, mobileNetV1, mobileNetV2 } from '@depthwise/models'
      export { wasm } from '@depthwise/ops-cpu'`,
    kibibytes: 40,
    published: true,
  },
  {
    name: 'core, models and the wasm backend, integers too',
    imports: `
      export { createSession } from '@depthwise/core'
      export { createClassifier, createEmbedder, mobileNetV1, mobileNetV2 } from '@depthwise/models'
      export { wasm } from '@depthwise/ops-cpu'`,
    kibibytes: 54,
    parts: integers,
  },
  {
    name: 'core, models and the WebGPU backend',
    imports: `
      export { createSession } from '@depthwise/core'
      export { createClassifier, mobileNetV1, mobileNetV2 } from '@depthwise/models'
      export { webgpu } from '@depthwise/ops-webgpu'`,
    kibibytes: 35,
    published: true,
  },
  {
    name: 'core, models and the WebGPU backend, integers too',
    imports: `
      export { createSession } from '@depthwise/core'
      export { createClassifier, mobileNetV1, mobileNetV2 } from '@depthwise/models'
      export { webgpu } from '@depthwise/ops-webgpu'`,
    kibibytes: 44,
    parts: integers,
  },
]

/**
 * What a page loads to classify an image with a quantised TFLite file: `depthwise`, the wasm backend with its kernels of integers,
 * the reader, the names of ImageNet's classes, bundled by Vite.
 */
export const kibibytesToClassify = 112

/** Why a size fails: it is above a limit in KiB. */
export function failureOf(bytes: number, kibibytes: number): string | undefined {
  if (bytes <= kibibytes * 1024) return undefined
  return `${bytes} bytes brotli, over ${kibibytes} KiB (${kibibytes * 1024} bytes)`
}

/** A warning from 95 % of a limit on. */
export function warningOf(bytes: number, kibibytes: number): string | undefined {
  const percent = (100 * bytes) / (kibibytes * 1024)
  return percent < 95 ? undefined : `${percent.toFixed(1)} % of the limit, above which this check fails`
}

/** Throws above a limit, else says how much of it is used. */
export function checkSize(bytes: number, kibibytes: number): string {
  const failure = failureOf(bytes, kibibytes)
  if (failure !== undefined) throw new Error(failure)
  return `${(bytes / 1024).toFixed(1)} of ${kibibytes} KiB brotli`
}

/** What a page may pay for what it imports: bundled and minified by esbuild, compressed by brotli. */
export interface Budget {
  readonly name: string
  readonly imports: string
  /** kB = 1000 bytes. The published limits are 40 and 35 KiB for wasm and WebGPU, with core and models. */
  readonly kilobytes: number
}

export const budgets: readonly Budget[] = [
  { name: 'errors alone', imports: "export { ShapeError } from '@depthwise/core'", kilobytes: 1.6 },
  {
    name: 'the graph of a network, and its passes',
    imports: "export { optimize } from '@depthwise/core'; export { mobileNetV2 } from '@depthwise/models'",
    kilobytes: 11,
  },
  {
    name: 'core, models and the reference backend',
    imports: `
      export { createSession } from '@depthwise/core'
      export { createClassifier, mobileNetV1, mobileNetV2 } from '@depthwise/models'
      export { reference } from '@depthwise/ops-cpu'`,
    kilobytes: 24,
  },
  {
    name: 'core, models and the wasm backend',
    imports: `
      export { createSession } from '@depthwise/core'
      export { createClassifier, createEmbedder, mobileNetV1, mobileNetV2 } from '@depthwise/models'
      export { wasm } from '@depthwise/ops-cpu'`,
    kilobytes: 40.96,
  },
  {
    name: 'core, models and the WebGPU backend',
    imports: `
      export { createSession } from '@depthwise/core'
      export { createClassifier, mobileNetV1, mobileNetV2 } from '@depthwise/models'
      export { webgpu } from '@depthwise/ops-webgpu'`,
    kilobytes: 35.84,
  },
]

/**
 * What a page loads to classify an image with a TFLite file: `depthwise`, the wasm backend, the reader, the names of ImageNet's
 * classes, bundled by Vite.
 */
export const kilobytesToClassify = 82

/** Throws for more than is allowed, else says how much of it there is. */
export function checkSize(kilobytes: number, max: number): string {
  if (!(kilobytes <= max)) throw new Error(`${kilobytes.toFixed(1)} kB brotli, over ${max} kB`)
  return `${kilobytes.toFixed(1)} of ${max} kB brotli`
}

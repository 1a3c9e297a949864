import type { Graph } from '@depthwise/core'
import { entryPoint, type WebGpuOptions } from './gpu/options.ts'
import type { IntegerLowering } from './plan/integer-lowering.ts'

/** The lowering of quantized nodes, which is loaded with the first graph that has some; null for other graphs. */
export async function integersFor(graph: Graph, options: WebGpuOptions): Promise<IntegerLowering | null> {
  if (!graph.nodes.some(({ quantization }) => quantization)) return null
  const { integerLowering } = await import('./integers/index.ts')
  return integerLowering(entryPoint(options)?.wgslLanguageFeatures)
}

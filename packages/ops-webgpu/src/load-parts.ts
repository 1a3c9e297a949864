import type { Graph } from '@depthwise/core'
import { isHeadOp } from '@depthwise/core/backend'
import { entryPoint, type WebGpuOptions } from './gpu/options.ts'
import type { HeadLowering } from './plan/head-lowering.ts'
import type { IntegerLowering } from './plan/integer-lowering.ts'

/** The lowering of quantized nodes, which is loaded with the first graph that has some; null for other graphs. */
export async function integersFor(graph: Graph, options: WebGpuOptions): Promise<IntegerLowering | null> {
  if (!graph.nodes.some(({ quantization }) => quantization)) return null
  const { integerLowering } = await import('./integers/index.ts')
  return integerLowering(entryPoint(options)?.wgslLanguageFeatures)
}

/** The lowering of heads' ops, which is loaded with the first graph that has some; null for other graphs. */
export async function headsFor(graph: Graph): Promise<HeadLowering | null> {
  return graph.nodes.some(({ op }) => isHeadOp(op)) ? (await import('./heads/index.ts')).headLowering : null
}

import type { Graph } from '@depthwise/core'
import { hasHeadOps } from '@depthwise/core/backend'
import { entryPoint, type WebGpuOptions } from './gpu/options.ts'
import type { HeadLowering } from './plan/head-lowering.ts'
import type { IntegerLowering } from './plan/integer-lowering.ts'

/** The lowering of quantized nodes, which is loaded with the first graph that has some; null for other graphs. */
export async function integersFor(graph: Graph, options: WebGpuOptions): Promise<IntegerLowering | null> {
  if (!graph.nodes.some(({ quantization }) => quantization)) return null
  const { integerLowering } = await import('./integers/index.ts')
  const heads = hasHeadOps(graph, true) ? (await import('./heads/head-integers.ts')).headIntegerLowering : null
  return integerLowering(entryPoint(options)?.wgslLanguageFeatures, heads)
}

/** The lowering of heads' ops that compute reals, which is loaded with the first graph that has some; null for other graphs. */
export async function headsFor(graph: Graph): Promise<HeadLowering | null> {
  return hasHeadOps(graph, false) ? (await import('./heads/index.ts')).headLowering : null
}

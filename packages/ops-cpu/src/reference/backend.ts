import type { Backend, Graph } from '@depthwise/core'
import { isHeadOp, prepare } from '@depthwise/core/backend'
import { ReferenceExecutable } from './executable.ts'
import type { HeadKernels } from './head-kernels.ts'
import { program } from './program.ts'

/**
 * The oracle: plain loops over the graph as it was authored, without any pass, in float64 and rounded to float32 once a
 * node; quantized nodes in integers, to the byte. It runs wherever JavaScript does, takes every op, and promises IEEE 754 for NaN, infinities and denormals. Weights
 * are read where they are, not copied.
 *
 * Every other backend is measured against it; it makes no attempt to be fast.
 */
export function reference(): Backend {
  return {
    name: 'reference',
    async probe() {
      const numerics = { nan: true, infinity: true, denormals: true }
      return { available: true, features: ['float64'], reasons: [], numerics }
    },
    async compile(graph, params, options) {
      const network = prepare(graph, params, options)
      return new ReferenceExecutable(program(network, await headsFor(network.graph)))
    },
  }
}

/** What computes ops of heads, which is loaded with the first graph that has some; null for other graphs. */
async function headsFor(graph: Graph): Promise<HeadKernels | null> {
  return graph.nodes.some(({ op }) => isHeadOp(op)) ? (await import('./heads/index.ts')).headKernels : null
}

import { type Backend, BackendUnavailableError, type Network, UnsupportedOpError } from '@depthwise/core'
import { nodeIndex, prepare } from '@depthwise/core/backend'
import { writeOnnx } from '@depthwise/formats'
import * as ort from 'onnxruntime-node'
import { OnnxExecutable } from './executable.ts'

export interface OnnxRuntimeOptions {
  /** Threads of the CPU that share one operator. Default 1. */
  readonly threads?: number
  /** How far onnxruntime may rewrite the graph. Default `all`; `disabled` computes every operator as it stands. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all'
}

/** Graphs of Depthwise on onnxruntime's CPU, by way of an ONNX file that never leaves memory. */
export function onnxruntime(options: OnnxRuntimeOptions = {}): Backend {
  const { threads = 1, optimization = 'all' } = options
  return {
    name: 'onnxruntime',

    async probe() {
      // It keeps no promise about NaN, infinities and denormals: its kernels differ from machine to machine.
      const available = ort.listSupportedBackends().some(({ name }) => name === 'cpu')
      const reasons = available ? [] : ['this build of onnxruntime-node has no CPU provider']
      return { available, features: [`onnxruntime ${ort.env.versions.node}`, `threads: ${threads}`], reasons }
    },

    async compile(graph, params, compileOptions = {}) {
      const network = prepare(graph, params, compileOptions)
      try {
        const session = await ort.InferenceSession.create(writeOnnx(computed(network)), {
          executionProviders: ['cpu'],
          graphOptimizationLevel: optimization,
          intraOpNumThreads: threads,
          logSeverityLevel: 4,
        })
        try {
          compileOptions.signal?.throwIfAborted()
        } catch (error) {
          await session.release()
          throw error
        }
        return new OnnxExecutable(network.graph, session)
      } catch (error) {
        throw translated(error)
      }
    },
  }
}

/** Without outputs that are inputs: the executable hands those through, as reals. */
function computed({ graph, params }: Network): Network {
  const nodes = nodeIndex(graph)
  const outputs = graph.outputs.filter(id => nodes.get(id)?.op.kind !== 'input')
  return { graph: { ...graph, outputs }, params }
}

/** Errors of the runtime as those sessions know: with these they move on to the next backend. */
function translated(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  const expected = 'a graph that onnxruntime takes'
  if (/NOT_IMPLEMENTED|Could not find an implementation/i.test(message)) {
    return new UnsupportedOpError({ where: 'onnxruntime', expected, found: message, cause: error })
  }
  if (/ONNXRuntimeError|failed to load model/i.test(message)) {
    return new BackendUnavailableError({ where: 'onnxruntime', expected, found: message, cause: error })
  }
  return error
}

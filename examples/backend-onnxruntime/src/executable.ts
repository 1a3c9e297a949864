import {
  type Executable,
  type Graph,
  type Inputs,
  type LayerTiming,
  type NodeId,
  type Outputs,
  type RunOptions,
  type Tensor,
  tensor,
} from '@depthwise/core'
import { copyInputs, elementCount, nodeIndex, now, OrderedRuns } from '@depthwise/core/backend'
import * as ort from 'onnxruntime-node'

/** A graph in a session of onnxruntime. One run at a time; the others wait, each with its own copy of its inputs. */
export class OnnxExecutable implements Executable {
  readonly #graph: Graph
  readonly #session: ort.InferenceSession
  readonly #runs: OrderedRuns

  /** `session` holds the graph's outputs, but for those that are inputs: they need no computing. */
  constructor(graph: Graph, session: ort.InferenceSession) {
    this.#graph = graph
    this.#session = session
    this.#runs = new OrderedRuns('onnxruntime', () => session.release())
  }

  async run(inputs: Inputs, { signal }: RunOptions = {}): Promise<Outputs> {
    this.#runs.assertOpen(signal)
    const values = copyInputs(this.#graph, inputs)
    return this.#runs.run(async () => {
      signal?.throwIfAborted()
      return this.#compute(values)
    })
  }

  /** onnxruntime is one unit: it is timed as such. */
  async profile(inputs: Inputs): Promise<readonly LayerTiming[]> {
    this.#runs.assertOpen()
    const values = copyInputs(this.#graph, inputs)
    return this.#runs.run(async () => {
      const start = now()
      await this.#compute(values)
      const milliseconds = now() - start
      const nodes = this.#graph.nodes
        .filter(node => node.op.kind !== 'input')
        .flatMap(node => node.origins ?? [node.id])
      return [{ name: 'onnxruntime', nodes, kernel: `onnxruntime ${ort.env.versions.node}`, milliseconds }]
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#runs.dispose()
  }

  async #compute(values: ReadonlyMap<NodeId, Tensor>): Promise<Outputs> {
    const nodes = nodeIndex(this.#graph)
    const feeds: Record<string, ort.Tensor> = {}
    for (const [id, { dtype, shape, data }] of values) {
      feeds[nodes.get(id)?.name as string] = new ort.Tensor(dtype, data, shape)
    }
    const results = this.#session.outputNames.length > 0 ? await this.#session.run(feeds) : {}
    const outputs = this.#graph.outputs.map(id => {
      const { name, shape } = nodes.get(id) as NonNullable<ReturnType<typeof nodes.get>>
      // Copied: what onnxruntime hands out is its own memory, and is freed with the session.
      const data = Float32Array.from(values.get(id)?.data ?? (results[name]?.data as Float32Array))
      return [name, tensor(shape, data.subarray(0, elementCount(shape)))] as const
    })
    return Object.fromEntries(outputs)
  }
}

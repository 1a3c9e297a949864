import {
  bindInputs,
  DisposedError,
  type Executable,
  elementCount,
  type Graph,
  type Inputs,
  type LayerTiming,
  type NodeId,
  nodeIndex,
  now,
  type Outputs,
  type RunOptions,
  type Tensor,
  tensor,
} from '@depthwise/core'
import * as ort from 'onnxruntime-node'

/** A graph in a session of onnxruntime. One run at a time; the others wait, each with its own copy of its inputs. */
export class OnnxExecutable implements Executable {
  readonly #graph: Graph
  readonly #session: ort.InferenceSession
  #disposal: Promise<void> | null = null
  /** Settles, without ever rejecting, once everything accepted so far is answered. */
  #queue: Promise<unknown> = Promise.resolve()

  /** `session` holds the graph's outputs, but for those that are inputs: they need no computing. */
  constructor(graph: Graph, session: ort.InferenceSession) {
    this.#graph = graph
    this.#session = session
  }

  async run(inputs: Inputs, { signal }: RunOptions = {}): Promise<Outputs> {
    this.#assertAlive()
    signal?.throwIfAborted()
    const values = this.#copies(inputs)
    return this.#enqueue(async () => {
      signal?.throwIfAborted()
      return this.#compute(values)
    })
  }

  /** onnxruntime is one unit: it is timed as such. */
  async profile(inputs: Inputs): Promise<readonly LayerTiming[]> {
    this.#assertAlive()
    const values = this.#copies(inputs)
    return this.#enqueue(async () => {
      const start = now()
      await this.#compute(values)
      const milliseconds = now() - start
      const nodes = this.#graph.nodes
        .filter(node => node.op.kind !== 'input')
        .flatMap(node => node.origins ?? [node.id])
      return [{ name: 'onnxruntime', nodes, kernel: `onnxruntime ${ort.env.versions.node}`, milliseconds }]
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#queue.then(() => this.#session.release())
    await this.#disposal
  }

  #assertAlive(): void {
    if (!this.#disposal) return
    throw new DisposedError({ where: 'onnxruntime executable', expected: 'one in use', found: 'a disposed one' })
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.#queue.then(work)
    this.#queue = answer.catch(() => {})
    return answer
  }

  /** Inputs as they are now: callers may reuse their buffers while a run waits. */
  #copies(inputs: Inputs): ReadonlyMap<NodeId, Tensor> {
    const bound = bindInputs(this.#graph, inputs)
    return new Map([...bound].map(([id, value]) => [id, { ...value, data: value.data.slice() } as Tensor]))
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

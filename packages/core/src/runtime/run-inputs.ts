import type { Graph, NodeId } from '../graph/graph.ts'
import { copyData, type Tensor } from '../tensor.ts'
import type { Inputs, Signal } from './backend.ts'
import { bindInputs } from './prepare.ts'
import { turns } from './turns.ts'

/**
 * The inputs of one run as they are now, by node id: callers may reuse their memory while the run waits or computes.
 * @throws what `bindInputs` throws
 */
export function copyInputs(graph: Graph, inputs: Inputs): Map<NodeId, Tensor> {
  return copied(bindInputs(graph, inputs))
}

const copied = (values: ReadonlyMap<NodeId, Tensor>): Map<NodeId, Tensor> =>
  new Map([...values].map(([id, value]) => [id, { ...value, data: copyData(value.data) } as Tensor]))

/** The inputs of a run that computes on this thread: the caller's memory until it first yields, copies from then on. */
export class RunInputs {
  #values: ReadonlyMap<NodeId, Tensor>
  #copied = false
  #paused = false

  /** @throws what `bindInputs` throws */
  constructor(graph: Graph, inputs: Inputs) {
    this.#values = bindInputs(graph, inputs)
  }

  /** Whether the run has yielded. */
  get paused(): boolean {
    return this.#paused
  }

  get(id: NodeId): Tensor | undefined {
    return this.#values.get(id)
  }

  copy(): void {
    if (this.#copied) return
    this.#copied = true
    this.#values = copied(this.#values)
  }

  /**
   * Lets the event loop turn.
   * @param isRead - whether all of the inputs were read, so that the caller may write to them again
   * @throws the signal's reason, if it was aborted meanwhile
   */
  async pause(signal?: Signal, isRead = false): Promise<void> {
    this.#paused = true
    if (!isRead) this.copy()
    await turns.next()
    signal?.throwIfAborted()
  }
}

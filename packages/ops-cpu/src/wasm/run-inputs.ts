import { type bindInputs, copyData, type NodeId, type Signal, type Tensor } from '@depthwise/core'
import { turns } from '../turn.ts'

/** The inputs of a run: the caller's memory until the run yields for the first time, copies from then on. */
export class RunInputs {
  #values: ReturnType<typeof bindInputs>
  #copied = false

  constructor(values: ReturnType<typeof bindInputs>) {
    this.#values = values
  }

  get(id: NodeId): Tensor | undefined {
    return this.#values.get(id)
  }

  copy(): void {
    if (this.#copied) return
    this.#copied = true
    this.#values = new Map(
      [...this.#values].map(([id, value]) => [id, { ...value, data: copyData(value.data) } as Tensor]),
    )
  }

  /**
   * Lets the event loop turn.
   * @param isRead whether all of the inputs were read, so that the caller may write to them again
   * @throws the signal's reason, if it was aborted meanwhile
   */
  async pause(signal?: Signal, isRead = false): Promise<void> {
    if (!isRead) this.copy()
    await turns.next()
    signal?.throwIfAborted()
  }
}

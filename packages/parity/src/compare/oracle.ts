import {
  type Backend,
  dequantized,
  type Executable,
  type Inputs,
  type Network,
  type NodeId,
  type Tensor,
} from '@depthwise/core'

/** The believed values of every compared node, run by run; those of the last run asked for are kept. */
export class Oracle implements AsyncDisposable {
  readonly #network: Network
  readonly #executable: Executable
  readonly #runs: readonly Inputs[]
  #latest: { readonly inputs: Inputs; readonly values: Promise<ReadonlyMap<NodeId, Tensor>> } | null = null

  private constructor(network: Network, executable: Executable, runs: readonly Inputs[]) {
    this.#network = network
    this.#executable = executable
    this.#runs = runs
  }

  static async open(
    network: Network,
    reference: Backend,
    ids: readonly NodeId[],
    runs: readonly Inputs[],
  ): Promise<Oracle> {
    const executable = await reference.compile(network.graph, network.params, { expose: ids })
    return new Oracle(network, executable, runs)
  }

  /** By id; integers that are compared come out as reals. */
  values(run: number): Promise<ReadonlyMap<NodeId, Tensor>> {
    const inputs = this.#runs[run] as Inputs
    if (this.#latest?.inputs !== inputs) this.#latest = { inputs, values: this.#compute(inputs) }
    return this.#latest.values
  }

  async #compute(inputs: Inputs): Promise<ReadonlyMap<NodeId, Tensor>> {
    const outputs = await this.#executable.run(inputs)
    const values = new Map<NodeId, Tensor>()
    for (const { id, name } of this.#network.graph.nodes) {
      const value = outputs[name]
      if (value) values.set(id, dequantized(value))
    }
    return values
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#executable[Symbol.asyncDispose]()
  }
}

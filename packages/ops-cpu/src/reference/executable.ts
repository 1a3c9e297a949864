import {
  bindInputs,
  copyData,
  DisposedError,
  dequantized,
  type Executable,
  type Inputs,
  type LayerTiming,
  type NodeId,
  nodeIndex,
  type Outputs,
  type RunOptions,
  type Tensor,
} from '@depthwise/core'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'

/** A network in use. One run computes at a time; the others wait their turn, each with its own copy of its inputs. */
export class ReferenceExecutable implements Executable {
  /** Null once disposed; runs accepted before hold on to it until they are answered. */
  #program: Program | null
  /** Settles, without ever rejecting, once everything accepted so far is answered. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(program: Program) {
    this.#program = program
  }

  async run(inputs: Inputs, { signal }: RunOptions = {}): Promise<Outputs> {
    const program = this.#alive()
    signal?.throwIfAborted()
    const values = copiesOf(program, inputs)
    return this.#enqueue(async () => {
      await evaluate(program, values, { signal })
      return outputsOf(program, values)
    })
  }

  async profile(inputs: Inputs): Promise<readonly LayerTiming[]> {
    const program = this.#alive()
    const values = copiesOf(program, inputs)
    return this.#enqueue(async () => {
      const timings: LayerTiming[] = []
      await evaluate(program, values, {
        timed({ node, origins }, milliseconds) {
          timings.push({ name: node.name, nodes: origins, kernel: `reference ${node.op.kind}`, milliseconds })
        },
      })
      return timings
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program = null
    await this.#queue
  }

  #alive(): Program {
    if (this.#program) return this.#program
    throw new DisposedError({ where: 'reference executable', expected: 'one in use', found: 'a disposed one' })
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.#queue.then(work)
    this.#queue = answer.catch(() => {})
    return answer
  }
}

/** The inputs as they are now: callers may reuse their buffers while the run waits or computes. */
function copiesOf({ graph }: Program, inputs: Inputs): Map<NodeId, Tensor> {
  const bound = bindInputs(graph, inputs)
  return new Map([...bound].map(([id, value]) => [id, { ...value, data: copyData(value.data) } as Tensor]))
}

/**
 * Outputs by name. Every value has memory of its own, so they are handed over as they are; exposed bytes of images become
 * reals.
 */
function outputsOf({ graph }: Program, values: ReadonlyMap<NodeId, Tensor>): Outputs {
  const nodes = nodeIndex(graph)
  return Object.fromEntries(
    graph.outputs.map(id => {
      const value = values.get(id) as Tensor
      return [nodes.get(id)?.name, value.quantization ? value : dequantized(value)]
    }),
  )
}

import {
  dequantized,
  type Executable,
  type Inputs,
  type LayerTiming,
  type NodeId,
  type Outputs,
  type RunOptions,
  type Tensor,
} from '@depthwise/core'
import { copyInputs, nodeIndex, OrderedRuns, opTitle } from '@depthwise/core/backend'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'

/** A network in use. One run computes at a time; the others wait their turn, each with its own copy of its inputs. */
export class ReferenceExecutable implements Executable {
  /** Null once disposed, when all runs are answered. */
  #program: Program | null
  readonly #runs: OrderedRuns = new OrderedRuns('reference', () => {
    this.#program = null
  })

  constructor(program: Program) {
    this.#program = program
  }

  async run(inputs: Inputs, { signal }: RunOptions = {}): Promise<Outputs> {
    this.#runs.assertOpen(signal)
    const program = this.#program as Program
    const values = copyInputs(program.graph, inputs)
    return this.#runs.run(async () => {
      await evaluate(program, values, { signal })
      return outputsOf(program, values)
    })
  }

  async profile(inputs: Inputs): Promise<readonly LayerTiming[]> {
    this.#runs.assertOpen()
    const program = this.#program as Program
    const values = copyInputs(program.graph, inputs)
    return this.#runs.run(async () => {
      const timings: LayerTiming[] = []
      await evaluate(program, values, {
        timed({ node, origins }, milliseconds) {
          timings.push({ name: node.name, nodes: origins, kernel: `reference ${opTitle(node.op)}`, milliseconds })
        },
      })
      return timings
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#runs.dispose()
  }
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

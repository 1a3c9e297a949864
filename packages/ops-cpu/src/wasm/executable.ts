import {
  bindInputs,
  DisposedError,
  debug,
  debugLevel,
  type Executable,
  elementCount,
  type Inputs,
  type LayerTiming,
  now,
  type Outputs,
  type RunOptions,
  tensor,
} from '@depthwise/core'
import { summarize } from '../reference/summary.ts'
import type { Plan } from './compile.ts'
import { type Port, readItem, writeItem } from './ports.ts'
import type { Team } from './threads/team.ts'

// Timings of single layers are a few microseconds: the median of several passes is told; the mean where the clock's steps are
// as long as the layers, whose median would be a step or none.
const profilePasses = 9

/** A compiled graph in memory. Everything between a call of `run` and its answer happens at once, so calls cannot mix. */
export class WasmExecutable implements Executable {
  readonly plan: Plan
  readonly #team: Team
  #disposed = false

  constructor(plan: Plan, team: Team) {
    this.plan = plan
    this.#team = team
  }

  async run(inputs: Inputs, options?: RunOptions): Promise<Outputs> {
    this.#assertAlive()
    options?.signal?.throwIfAborted()
    const { graph, batch, lanes, outputs, program } = this.plan
    const bound = bindInputs(graph, inputs)
    this.#team.wake()
    const results = outputs.map(({ shape }) => new Float32Array(elementCount(shape)))
    for (let first = 0; first < batch; first += lanes) {
      const items = Math.min(lanes, batch - first)
      for (let lane = 0; lane < items; lane++) this.#write(bound, first + lane, lane)
      if (debugLevel() >= 4 && lanes === 1) this.#executeAloud()
      else this.#team.execute(0, program.steps.length)
      for (let lane = 0; lane < items; lane++) {
        for (const [index, port] of outputs.entries()) {
          readItem(this.#team.memory, this.#inLane(port, lane), results[index] as Float32Array, first + lane)
        }
      }
    }
    return Object.fromEntries(
      outputs.map(({ name, shape }, index) => [name, tensor(shape, results[index] as Float32Array)]),
    )
  }

  async profile(inputs: Inputs): Promise<readonly LayerTiming[]> {
    this.#assertAlive()
    const { graph, program } = this.plan
    const bound = bindInputs(graph, inputs)
    const times = program.steps.map((): number[] => [])
    for (let pass = 0; pass < profilePasses; pass++) {
      this.#write(bound, 0, 0)
      program.steps.forEach((_, index) => {
        const start = now()
        this.#team.execute(index, index + 1)
        times[index]?.push(now() - start)
      })
    }
    return program.steps.map(({ name, nodes, kernel }, index) => ({
      name,
      nodes,
      kernel,
      milliseconds: typical(times[index] ?? []),
    }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    await this.#team.dispose()
  }

  /** Runs step by step and prints what each computed, before its memory is used again. */
  #executeAloud(): void {
    const { memory } = this.plan
    for (const [index, { result }] of memory.entries()) {
      this.#team.execute(index, index + 1)
      const values = new Float32Array(result.layout.pixels * result.layout.channels)
      readItem(this.#team.memory, result, values, 0)
      debug(4, () => `${result.name}: ${summarize(values)}`)
    }
  }

  /** A port as it lies in another lane's arena. */
  #inLane(port: Port, lane: number): Port {
    return lane === 0 ? port : { ...port, address: port.address + lane * this.plan.arenaBytes }
  }

  #write(bound: ReturnType<typeof bindInputs>, item: number, lane: number): void {
    this.plan.inputs.forEach((port, index) => {
      const input = bound.get(this.plan.graph.inputs[index] as number)
      if (input) writeItem(this.#team.memory, this.#inLane(port, lane), input, item)
    })
  }

  #assertAlive(): void {
    if (this.#disposed)
      throw new DisposedError({ where: 'wasm executable', expected: 'one in use', found: 'a disposed one' })
  }
}

/** Coarse clocks tell the same few times again and again. */
function typical(values: readonly number[]): number {
  const sorted = Float32Array.from(values).sort()
  if (new Set(sorted).size < 5) return sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  return sorted[sorted.length >> 1] ?? 0
}

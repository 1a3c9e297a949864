import {
  type Executable,
  type Inputs,
  type LayerTiming,
  type Outputs,
  type RunOptions,
  type Signal,
  type Tensor,
  zeros,
} from '@depthwise/core'
import { debug, debugLevel, now, OrderedRuns, RunInputs, stretch, turns } from '@depthwise/core/backend'
import { summarize } from '../reference/summary.ts'
import type { Plan } from './compile.ts'
import { type Port, readItem, writeItem } from './ports.ts'
import type { Team } from './threads/team.ts'

// Timings of single layers are a few microseconds: the median of several passes is told; the mean where the clock's steps are
// as long as the layers, whose median would be a step or none.
const profilePasses = 9

/**
 * A compiled graph in memory, which one run at a time has to itself. A run starts within the call that asks for it, unless
 * another one is pending. Long runs, and long series of short ones, let the event loop turn between two steps.
 */
export class WasmExecutable implements Executable {
  readonly plan: Plan
  readonly #team: Team
  readonly #runs: OrderedRuns
  /** Steps that are executed without a look at the clock; one until it is known how long they take. */
  #slice = 1

  constructor(plan: Plan, team: Team) {
    this.plan = plan
    this.#team = team
    this.#runs = new OrderedRuns('wasm', () => team.dispose())
  }

  async run(inputs: Inputs, { signal }: RunOptions = {}): Promise<Outputs> {
    this.#runs.assertOpen(signal)
    const given = new RunInputs(this.plan.graph, inputs)
    return this.#runs.runAtOnce(given, () => this.#compute(given, signal))
  }

  async profile(inputs: Inputs): Promise<readonly LayerTiming[]> {
    this.#runs.assertOpen()
    const given = new RunInputs(this.plan.graph, inputs)
    return this.#runs.runAtOnce(given, () => this.#measure(given))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#runs.dispose()
  }

  async #compute(given: RunInputs, signal: Signal | undefined): Promise<Outputs> {
    signal?.throwIfAborted()
    if (turns.overdue()) await given.pause(signal)
    const { batch, lanes, outputs, program } = this.plan
    const steps = program.steps.length
    this.#team.wake()
    const results = outputs.map(resultFor)
    for (let first = 0; first < batch; first += lanes) {
      const items = Math.min(lanes, batch - first)
      // Single steps are one thread's where each has an image of its own.
      const slice = lanes > 1 ? steps : this.#slice
      if (first > 0 && turns.overdue()) await given.pause(signal)
      for (let lane = 0; lane < items; lane++) this.#write(given, first + lane, lane)
      if (debugLevel() >= 4 && lanes === 1) this.#executeAloud()
      else {
        let spent = 0
        for (let from = 0; from < steps; from += slice) {
          if (from > 0 && turns.overdue()) await given.pause(signal, first + items === batch)
          const start = now()
          this.#team.execute(from, Math.min(steps, from + slice))
          spent += now() - start
        }
        this.#slice = Math.max(1, Math.floor(steps * Math.min(1, stretch / spent)))
      }
      for (let lane = 0; lane < items; lane++) {
        for (const [index, port] of outputs.entries()) {
          readItem(this.#team.memory, this.#inLane(port, lane), (results[index] as Tensor).data, first + lane)
        }
      }
    }
    return Object.fromEntries(outputs.map(({ name }, index) => [name, results[index] as Tensor]))
  }

  async #measure(given: RunInputs): Promise<readonly LayerTiming[]> {
    const { steps } = this.plan.program
    const times = steps.map((): number[] => [])
    for (let pass = 0; pass < profilePasses; pass++) {
      if (turns.overdue()) await given.pause()
      this.#write(given, 0, 0)
      steps.forEach((_, index) => {
        const start = now()
        this.#team.execute(index, index + 1)
        times[index]?.push(now() - start)
      })
    }
    return steps.map(({ name, nodes, kernel }, index) => ({
      name,
      nodes,
      kernel,
      milliseconds: typical(times[index] ?? []),
    }))
  }

  /** Runs step by step and prints what each computed, before its memory is used again. */
  #executeAloud(): void {
    const { memory } = this.plan
    for (const [index, { result }] of memory.entries()) {
      this.#team.execute(index, index + 1)
      const { pixels, channels } = result.layout
      const { data } = resultFor({ ...result, shape: [pixels, channels] })
      readItem(this.#team.memory, result, data, 0)
      debug(4, () => `${result.name}: ${summarize(data)}`)
    }
  }

  /** A port as it lies in another lane's arena. */
  #inLane(port: Port, lane: number): Port {
    return lane === 0 ? port : { ...port, address: port.address + lane * this.plan.arenaBytes }
  }

  #write(given: RunInputs, item: number, lane: number): void {
    this.plan.inputs.forEach((port, index) => {
      const input = given.get(this.plan.graph.inputs[index] as number)
      if (input) writeItem(this.#team.memory, this.#inLane(port, lane), input, item)
    })
  }
}

/** A tensor for the values of a port: quantized ones stay as they are stored, bytes of images become reals. */
function resultFor({ shape, quantization, layout }: Port): Tensor {
  return quantization ? { ...zeros(shape, layout.dtype), quantization } : zeros(shape)
}

/** Coarse clocks tell the same few times again and again. */
function typical(values: readonly number[]): number {
  const sorted = Float32Array.from(values).sort()
  if (new Set(sorted).size < 5) return sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  return sorted[sorted.length >> 1] ?? 0
}

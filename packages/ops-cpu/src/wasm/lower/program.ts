import { type NodeId, UnsupportedOpError } from '@depthwise/core'
import { barrierKernel } from '../kernels/execute.ts'
import { type Fields, headerWords, type Kernel, type Values } from '../kernels/kernel.ts'
import { control } from '../threads/protocol.ts'

// Looks at the barrier before a thread goes to sleep: about 0.4 ms, longer than the shares of a step differ by. Sleeping and
// being woken costs tens of microseconds, much more on a virtual machine, and a run has a barrier for every step.
const barrierSpins = 400_000
// Far beyond any network: a graph of a few lines may claim images of a million rows.
const maxBytes = 2 ** 26

/** A unit of execution that barriers separate: what profiles measure. */
export interface Step {
  readonly name: string
  readonly kernel: string
  /** Authored nodes it computes. */
  readonly nodes: readonly NodeId[]
  /** For each thread, bytes from the start of its records to the step's first, and behind its last. */
  readonly begin: readonly number[]
  readonly end: readonly number[]
}

/** A kernel in use: its place in the table, and its fields as lists. */
interface Entry {
  readonly kernel: Kernel
  readonly index: number
  readonly names: readonly string[]
  readonly floats: readonly boolean[]
}

/** The records of one thread, growing. */
class Records {
  #bytes = new ArrayBuffer(1 << 14)
  #view = new DataView(this.#bytes)
  length = 0

  push(words: number): number {
    const at = this.length
    this.length += 4 * words
    if (this.length > maxBytes) {
      const found = 'an image of more rows than that'
      throw new UnsupportedOpError({ where: 'wasm', expected: `records of at most ${maxBytes} bytes`, found })
    }
    if (this.length > this.#bytes.byteLength) {
      const grown = new ArrayBuffer(2 * this.length)
      new Uint8Array(grown).set(new Uint8Array(this.#bytes))
      this.#bytes = grown
      this.#view = new DataView(grown)
    }
    return at
  }

  setInt(at: number, value: number): void {
    this.#view.setInt32(at, value, true)
  }

  setFloat(at: number, value: number): void {
    this.#view.setFloat32(at, value, true)
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#bytes, 0, this.length)
  }
}

/** What the module does for one image: for each thread a list of records, each a kernel with its arguments. */
export class Program {
  readonly threads: number
  readonly steps: Step[] = []
  readonly #maySleep: boolean
  #lane: number | null = null
  readonly #records: readonly Records[]
  readonly #kernels = new Map<string, Entry>()

  /** @param maySleep - whether the first thread may: a page's main thread may only spin */
  constructor(threads: number, maySleep = true) {
    this.threads = threads
    this.#maySleep = maySleep
    this.#records = Array.from({ length: threads }, () => new Records())
  }

  /** Kernels in use, in the order of the module's function table. */
  get kernels(): readonly Kernel[] {
    return [...this.#kernels.values()].map(({ kernel }) => kernel)
  }

  record<F extends Fields>(thread: number, kernel: Kernel<F>, values: Values<F>): void {
    const records = this.#records[thread] as Records
    const { index, names, floats } = this.#entry(kernel as unknown as Kernel)
    const words = names.length + headerWords
    const at = records.push(words)
    records.setInt(at, index)
    records.setInt(at + 4, 4 * words)
    for (let i = 0; i < names.length; i++) {
      const place = at + 4 * (i + headerWords)
      const value = (values as Readonly<Record<string, number>>)[names[i] as string] as number
      if (floats[i]) records.setFloat(place, value)
      else records.setInt(place, value)
    }
  }

  /** Collects the records that `emit` adds into a step. */
  step(about: Omit<Step, 'begin' | 'end'>, emit: () => void): void {
    const begin = this.#lengths()
    emit()
    this.steps.push({ ...about, begin, end: this.#lengths() })
  }

  /** Lets every thread wait until all have come. */
  barrier(): void {
    for (let thread = 0; this.threads > 1 && thread < this.threads; thread++) {
      this.record(thread, barrierKernel, {
        arrived: 4 * control.arrived,
        round: 4 * control.round,
        threads: this.threads,
        spins: barrierSpins,
        maySleep: thread > 0 || this.#maySleep ? 1 : 0,
      })
    }
  }

  /** Bytes of each thread's records so far. */
  #lengths(): number[] {
    return this.#records.map(records => records.length)
  }

  /** Lets one thread do whatever `emit` adds, alone: images are then shared out instead of layers. */
  inLane(thread: number, emit: () => void): void {
    this.#lane = thread
    emit()
    this.#lane = null
  }

  /** For what one thread does while the others wait. */
  once(emit: (thread: number) => void): void {
    emit(this.#lane ?? 0)
  }

  /** Splits `count` units evenly over the threads, in multiples of `grain`; idle threads are not called. */
  share(count: number, grain: number, emit: (thread: number, from: number, to: number) => void): void {
    if (this.#lane !== null) {
      emit(this.#lane, 0, count)
      return
    }
    const grains = Math.ceil(count / grain)
    const bound = (thread: number): number => Math.min(count, Math.floor((grains * thread) / this.threads) * grain)
    for (let thread = 0; thread < this.threads; thread++) {
      const [from, to] = [bound(thread), bound(thread + 1)]
      if (to > from) emit(thread, from, to)
    }
  }

  /** A thread's records. */
  bytes(thread: number): Uint8Array {
    return (this.#records[thread] as Records).bytes()
  }

  #entry(kernel: Kernel): Entry {
    let entry = this.#kernels.get(kernel.name)
    if (!entry) {
      const names = Object.keys(kernel.fields)
      entry = { kernel, index: this.#kernels.size, names, floats: names.map(name => kernel.fields[name] === 'f32') }
      this.#kernels.set(kernel.name, entry)
    }
    return entry
  }
}

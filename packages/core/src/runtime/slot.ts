import type { Backend, Executable, Inputs, Outputs, RunOptions } from './backend.ts'

/** A compiled graph in use: counts its pending runs, and disposes itself when it is retired and the last one is answered. */
export class Slot {
  readonly backend: Backend
  readonly executable: Executable
  #pending = 0
  #drained: (() => void) | null = null
  #retirement: Promise<void> | null = null

  constructor(backend: Backend, executable: Executable) {
    this.backend = backend
    this.executable = executable
  }

  run(inputs: Inputs, options?: RunOptions): Promise<Outputs> {
    return this.#during(() => this.executable.run(inputs, options))
  }

  profile(inputs: Inputs): ReturnType<Executable['profile']> {
    return this.#during(() => this.executable.profile(inputs))
  }

  /** Resolves once the last pending run is answered and everything is freed. Calling it again does nothing more. */
  retire(): Promise<void> {
    this.#retirement ??= this.#free()
    return this.#retirement
  }

  async #free(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>(resolve => (this.#drained = resolve))
    await this.executable[Symbol.asyncDispose]()
  }

  async #during<T>(work: () => Promise<T>): Promise<T> {
    this.#pending += 1
    try {
      return await work()
    } finally {
      this.#pending -= 1
      if (this.#pending === 0) this.#drained?.()
    }
  }
}

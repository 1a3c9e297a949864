import { roundUp } from './layout.ts'

/** Writes packed weights into their place; called once, when the memory exists. */
export type Writer = (target: Float32Array) => void

/** Read-only memory behind the arena: packed weights, factors, and a row of zeros that stands for padding. */
export class Constants {
  readonly #writers: { readonly address: number; readonly floats: number; readonly write: Writer }[] = []
  readonly #addresses = new Map<string, number>()
  #end: number

  constructor(start: number) {
    this.#end = roundUp(start, 64)
  }

  /** First byte behind everything reserved so far. */
  get end(): number {
    return this.#end
  }

  /** Address of `floats` zeros that `write` fills; asking again by the same key gives the same place. */
  reserve(parts: readonly unknown[], floats: number, write: Writer): number {
    // As JSON, since parameters may be called anything.
    const key = JSON.stringify(parts)
    const known = this.#addresses.get(key)
    if (known !== undefined) return known
    const address = this.#end
    this.#addresses.set(key, address)
    this.#writers.push({ address, floats, write })
    this.#end = roundUp(address + 4 * floats, 64)
    return address
  }

  writeTo(memory: ArrayBufferLike): void {
    for (const { address, floats, write } of this.#writers) write(new Float32Array(memory, address, floats))
  }
}

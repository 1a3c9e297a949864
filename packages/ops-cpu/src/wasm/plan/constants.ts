import { roundUp } from './layout.ts'

/** Writes packed weights into their place; called once, when the memory exists. */
export type Writer = (target: Float32Array) => void

/** Read-only memory behind the arena: packed weights, factors, and a row of zeros that stands for padding. */
export class Constants {
  readonly #writers: { readonly address: number; readonly floats: number; readonly write: Writer }[] = []
  readonly #addresses = new Map<string, number>()
  #end: number
  #ahead = 0

  constructor(start: number) {
    this.#end = roundUp(start, 64)
  }

  /** First byte behind everything reserved so far. */
  get end(): number {
    return this.#end
  }

  /** First byte that no kernel reads, those included that read ahead. */
  get reach(): number {
    return this.#end + this.#ahead
  }

  /** Says that a kernel reads so many bytes beyond its constants, and makes nothing of them. */
  readAhead(bytes: number): void {
    this.#ahead = Math.max(this.#ahead, bytes)
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

import { UniqueNames } from '../unique-names.ts'
import type { FileTensor } from './file.ts'

/**
 * Names for nodes: a tensor's own where it is free, with a number behind it where it is not. The converter calls a fused
 * tensor by all its origins, joined by semicolons; between inputs and outputs, which keep theirs whole, the first will do
 * unless whole names are asked for.
 */
export class Names {
  readonly #names = new UniqueNames()
  readonly #ofTensors = new Map<number, string>()
  readonly #isWhole: boolean

  constructor(isWhole = false) {
    this.#isWhole = isWhole
  }

  /** Gives a tensor its name in full. */
  reserve(tensor: FileTensor): void {
    this.#name(tensor, tensor.name)
  }

  /** The name of a tensor, the same at every call. */
  of(tensor: FileTensor): string {
    const { index, name } = tensor
    return this.#ofTensors.get(index) ?? this.#name(tensor, this.#isWhole ? name : (name.split(';')[0] as string))
  }

  /** A name no call has returned before. */
  unused(wanted: string): string {
    return this.#names.take(wanted)
  }

  #name(tensor: FileTensor, wanted: string): string {
    const name = this.unused(wanted || `tensor_${tensor.index}`)
    this.#ofTensors.set(tensor.index, name)
    return name
  }
}

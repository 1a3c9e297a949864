import type { TypedArray } from '../../core/src/index.ts'
import type { CompiledModule } from '../../ops-cpu/src/aot/index.ts'

/** The part of the host's WebAssembly that these tests use: sources here see neither DOM nor Node types. */
interface Host {
  readonly Module: {
    new (bytes: Uint8Array): object
    imports(module: object): readonly unknown[]
    exports(module: object): readonly { readonly name: string; readonly kind: string }[]
    customSections(module: object, name: string): readonly ArrayBuffer[]
  }
  readonly Instance: new (module: object) => { readonly exports: Exports }
}

export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly input: { readonly value: number }
  readonly input_bytes: { readonly value: number }
  readonly output: { readonly value: number }
  readonly output_bytes: { readonly value: number }
  run(): void
  readonly weights?: { readonly value: number }
  readonly weights_bytes?: { readonly value: number }
  init?(): void
}

export const host: Host = (globalThis as unknown as { readonly WebAssembly: Host }).WebAssembly

/** Loads a module as a host without any library would, its file of weights too where it has one. */
export function instantiated({ module, weights }: Pick<CompiledModule, 'module' | 'weights'>): Exports {
  const { exports } = new host.Instance(new host.Module(module))
  // A file that is cut behind its first bytes may still be a module, of nothing.
  if (!exports.memory) throw new Error('WebAssembly without a memory')
  if (weights) {
    new Uint8Array(exports.memory.buffer).set(weights, exports.weights?.value)
    exports.init?.()
  }
  return exports
}

/** One input through an instance: what its output then holds. */
export function answer(
  { memory, input, input_bytes, output, output_bytes, run }: Exports,
  values: TypedArray,
): number[] {
  if (values.byteLength !== input_bytes.value) throw new Error(`${values.byteLength} bytes are no input`)
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  new Uint8Array(memory.buffer).set(bytes, input.value)
  run()
  return Array.from(new Float32Array(memory.buffer, output.value, output_bytes.value / 4))
}

import type { BackendUnavailableError } from '@depthwise/core'
import { hostCall } from './host-call.ts'

/** The part of the WebAssembly interface that is used, stated structurally: neither DOM nor Node types are assumed. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}
export interface WasmMemory {
  readonly buffer: ArrayBufferLike
}
type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface WasmHost {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<object>
  instantiate(module: object, imports: Imports): Promise<WasmInstance>
  readonly Memory: new (limits: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory
}

const hint = " (a content security policy without 'wasm-unsafe-eval'?)"

/** @throws BackendUnavailableError when the host refuses to compile */
export function compileModule(host: WasmHost, bytes: Uint8Array<ArrayBuffer>): Promise<object> {
  return hostCall('a host that compiles WebAssembly', () => host.compile(bytes), hint)
}

/**
 * WebKit applies a content security policy here, not in `compile`.
 * @throws BackendUnavailableError when the host refuses to instantiate
 */
export function instantiateModule(host: WasmHost, module: object, imports: Imports = {}): Promise<WasmInstance> {
  return hostCall('a host that instantiates WebAssembly', () => host.instantiate(module, imports), hint)
}

/** What `codeRefusal` found; a host does not change its answer. */
const refusals = new WeakMap<WasmHost, Promise<BackendUnavailableError | null>>()
const emptyModule = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/**
 * Why this host runs no WebAssembly code, or null if it does. It tries the smallest module, once: policies do not apply to
 * `validate`.
 */
export function codeRefusal(host: WasmHost): Promise<BackendUnavailableError | null> {
  let answer = refusals.get(host)
  if (!answer) {
    answer = compileModule(host, Uint8Array.from(emptyModule))
      .then(module => instantiateModule(host, module))
      .then(
        () => null,
        error => error,
      )
    refusals.set(host, answer)
  }
  return answer
}

/** The engine's WebAssembly, or undefined where there is none (some content security policies take it away). */
export function wasmHost(): WasmHost | undefined {
  return (globalThis as unknown as { readonly WebAssembly?: WasmHost }).WebAssembly
}

/** Bytes of a page, the unit of linear memory. */
export const pageBytes = 65536

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

/** Compiles a module, which a host may refuse. */
export function compileModule(host: WasmHost, bytes: Uint8Array<ArrayBuffer>): Promise<object> {
  return hostCall('a host that compiles WebAssembly', () => host.compile(bytes), hint)
}

/** Makes an instance of a module: where WebKit first heeds a policy. */
export function instantiateModule(host: WasmHost, module: object, imports: Imports = {}): Promise<WasmInstance> {
  return hostCall('a host that instantiates WebAssembly', () => host.instantiate(module, imports), hint)
}

/** Answers of hosts, by the object that gave them: one host's answer never changes. */
const asked = new WeakMap<WasmHost, Promise<BackendUnavailableError | null>>()
const emptyModule = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/**
 * Why this host runs no code, or null: asked once, with the smallest module. Validation says nothing about it, since
 * policies do not apply to it.
 */
export function codeRefusal(host: WasmHost): Promise<BackendUnavailableError | null> {
  let answer = asked.get(host)
  if (!answer) {
    answer = compileModule(host, Uint8Array.from(emptyModule))
      .then(module => instantiateModule(host, module))
      .then(
        () => null,
        error => error,
      )
    asked.set(host, answer)
  }
  return answer
}

/** The engine's WebAssembly, or undefined where there is none (some content security policies take it away). */
export function wasmHost(): WasmHost | undefined {
  return (globalThis as unknown as { readonly WebAssembly?: WasmHost }).WebAssembly
}

/** Bytes of a page, the unit of linear memory. */
export const pageBytes = 65536

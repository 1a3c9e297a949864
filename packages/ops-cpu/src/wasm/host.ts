/** The part of the WebAssembly interface that is used, stated structurally: neither DOM nor Node types are assumed. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}
export interface WasmMemory {
  readonly buffer: ArrayBufferLike
}
export interface WasmHost {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<object>
  instantiate(
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<WasmInstance>
  readonly Memory: new (limits: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory
}

/** The engine's WebAssembly, or undefined where there is none (some content security policies take it away). */
export function wasmHost(): WasmHost | undefined {
  return (globalThis as unknown as { readonly WebAssembly?: WasmHost }).WebAssembly
}

/** Bytes of a page, the unit of linear memory. */
export const pageBytes = 65536

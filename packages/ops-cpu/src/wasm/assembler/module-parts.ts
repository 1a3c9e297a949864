import type { Bytes } from './bytes.ts'
import type { Func, Global } from './function.ts'

/** Pages of 64 KiB. Shared memory must have a maximum. */
export interface MemoryLimits {
  readonly min: number
  readonly max?: number
  readonly shared?: boolean
}

/** Bytes for the memory: from an address on when the module is instantiated, or kept until `memory.init` asks for them. */
export interface DataSegment {
  readonly bytes: Uint8Array
  readonly address?: number
}

/** Everything a module holds, for its two printed forms. */
export interface ModuleParts {
  readonly types: readonly (readonly [params: string, results: string])[]
  readonly memory: (MemoryLimits & { readonly from: readonly [module: string, name: string] }) | null
  readonly functions: readonly FunctionPart[]
  readonly table: readonly Func[] | null
  readonly passive: readonly (readonly Func[])[]
  readonly globals: readonly (Global & { readonly value: number })[]
  readonly exports: readonly Export[]
  readonly data: readonly DataSegment[]
}

export interface Export {
  readonly name: string
  /** Of the function. */
  readonly index: number
}

export interface FunctionPart extends Func {
  readonly type: number
  readonly code: Bytes
  readonly text: readonly string[]
}

import { type FunctionBuilder, ModuleBuilder } from './assembler/index.ts'
import { wasmHost } from './host.ts'

/** What this engine can do, found out by validating tiny modules. */
export interface EngineFeatures {
  readonly simd: boolean
  readonly relaxed: boolean
  /** Shared memory and atomics; workers need the host's leave besides. */
  readonly threads: boolean
}

function validates(body: (f: FunctionBuilder) => void, shared = false): boolean {
  const module = new ModuleBuilder()
  if (shared) module.importMemory('env', 'memory', { min: 1, max: 1, shared })
  module.func('probe', [], [], f => body(f))
  try {
    return wasmHost()?.validate(module.encode()) ?? false
  } catch {
    return false
  }
}

let known: EngineFeatures | undefined

/** Probes once; the answer cannot change while a program runs. */
export function engineFeatures(): EngineFeatures {
  known ??= {
    simd: validates(f => f.f32(0).op('f32x4.splat').drop()),
    relaxed: validates(f => {
      const x = f.local('v128')
      f.get(x).get(x).get(x).op('f32x4.relaxed_madd').drop()
    }),
    threads: validates(f => f.i32(0).atomic('i32.atomic.load').drop(), true),
  }
  return known
}

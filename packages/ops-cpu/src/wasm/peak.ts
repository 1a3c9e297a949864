import { BackendUnavailableError } from '@depthwise/core'
import { now } from '@depthwise/core/backend'
import { type FunctionBuilder, type Local, ModuleBuilder } from './assembler/index.ts'
import { engineFeatures } from './features.ts'
import { compileModule, instantiateModule, type WasmHost, wasmHost } from './host.ts'
import { countDown, locals, multiplyAdd } from './kernels/idioms.ts'

/** Best a single thread of this machine and engine does in SIMD arithmetic, memory left aside. */
export interface Peak {
  readonly simd: 'relaxed' | 'plain'
  /** 10^9 float32 operations a second; a multiply-add counts as two. */
  readonly gflops: number
}

// Twelve independent sums keep two multiply-add units of four cycles' latency busy, and still fit the registers.
const sums = 12
const unroll = 8
const lanes = 4
const iterations = 20_000
const rounds = 30

/**
 * Measures the ceiling every kernel is held against: a loop of multiply-adds on registers alone, the best of several rounds.
 * @throws BackendUnavailableError without WebAssembly SIMD, without relaxed SIMD when that is asked for, or where the host
 * compiles no code
 */
export async function peak(simd: 'auto' | 'relaxed' | 'plain' = 'auto'): Promise<Peak> {
  const { host, relaxed } = hostFor(simd)
  const multiply: Multiply = (f, sum, factor, other) => multiplyAdd(f, relaxed, sum, factor, other)
  const gflops = await bestRate(host, new ModuleBuilder(), lanes, multiply)
  return { simd: relaxed ? 'relaxed' : 'plain', gflops }
}

/** Best that a single thread does in products of bytes, and how the engine multiplies them. */
export interface IntegerPeak {
  readonly dot: 'unsigned' | 'signed' | 'wide'
  /** 10^9 integer operations a second; a multiply-add counts as two. */
  readonly gops: number
}

/**
 * The same ceiling for integer kernels: of the dot product that takes whole bytes on this engine, or of 16-bit products.
 * @throws BackendUnavailableError as `peak` does
 */
export async function integerPeak(simd: 'auto' | 'relaxed' | 'plain' = 'auto'): Promise<IntegerPeak> {
  const { host, relaxed } = hostFor(simd)
  const { arithmeticFor, integerSet } = await import('./integers/index.ts')
  const arithmetic = await arithmeticFor(host, relaxed)
  const module = new ModuleBuilder({ set: integerSet })
  // Each sum is multiplied itself: of a product that stays the same an engine would compute only one.
  const multiply: Multiply = (f, sum, factor) => arithmetic.multiplyAdd(f, sum, sum, factor)
  const gops = await bestRate(host, module, lanes * arithmetic.group, multiply)
  return { dot: arithmetic.kind, gops }
}

function hostFor(simd: 'auto' | 'relaxed' | 'plain'): { readonly host: WasmHost; readonly relaxed: boolean } {
  const host = wasmHost()
  const engine = engineFeatures()
  if (!host || !engine.simd || (simd === 'relaxed' && !engine.relaxed)) {
    throw new BackendUnavailableError({
      where: 'peak',
      expected: `${simd} WebAssembly SIMD`,
      found: 'none in this engine',
    })
  }
  return { host, relaxed: simd !== 'plain' && engine.relaxed }
}

type Multiply = (f: FunctionBuilder, sum: Local, factor: Local, other: Local) => void

/** 10^9 operations a second of a loop of `multiply`, each of `products` multiplications and as many additions. */
async function bestRate(host: WasmHost, module: ModuleBuilder, products: number, multiply: Multiply): Promise<number> {
  emitLoop(module, multiply)
  const { exports } = await instantiateModule(host, await compileModule(host, module.encode()))
  const run = exports['run'] as (iterations: number) => number
  let best = Infinity
  for (let round = 0; round < rounds; round++) {
    const start = now()
    run(iterations)
    best = Math.min(best, now() - start)
    // The engine swaps in its optimised code between calls; give it the chance.
    await Promise.resolve()
  }
  return (iterations * unroll * sums * products * 2) / best / 1e6
}

function emitLoop(module: ModuleBuilder, multiply: Multiply): void {
  module.func(
    'run',
    ['i32'],
    ['f32'],
    (f, count) => {
      const [factor, term] = locals(f, 2, 'v128') as [Local, Local]
      const accumulators = locals(f, sums, 'v128')
      f.f32(0.999).op('f32x4.splat').set(factor)
      f.f32(0.001).op('f32x4.splat').set(term)
      countDown(f, count as Local, () => {
        for (let i = 0; i < unroll; i++) for (const sum of accumulators) multiply(f, sum, factor, term)
      })
      f.get(accumulators[0] as Local)
      for (const sum of accumulators.slice(1)) f.get(sum).op('f32x4.add')
      f.lane('f32x4.extract_lane', 0)
    },
    { export: 'run' },
  )
}

import { BackendUnavailableError } from '@depthwise/core'
import { now } from '@depthwise/core/backend'
import { ModuleBuilder } from './assembler/index.ts'
import { engineFeatures } from './features.ts'
import { compileModule, instantiateModule, wasmHost } from './host.ts'
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
  const host = wasmHost()
  const engine = engineFeatures()
  if (!host || !engine.simd || (simd === 'relaxed' && !engine.relaxed)) {
    throw new BackendUnavailableError({
      where: 'peak',
      expected: `${simd} WebAssembly SIMD`,
      found: 'none in this engine',
    })
  }
  const relaxed = simd !== 'plain' && engine.relaxed
  const { exports } = await instantiateModule(host, await compileModule(host, emitPeak(relaxed)))
  const run = exports['run'] as (iterations: number) => number
  let best = Infinity
  for (let round = 0; round < rounds; round++) {
    const start = now()
    run(iterations)
    best = Math.min(best, now() - start)
    // The engine swaps in its optimised code between calls; give it the chance.
    await Promise.resolve()
  }
  const operations = iterations * unroll * sums * lanes * 2
  return { simd: relaxed ? 'relaxed' : 'plain', gflops: operations / best / 1e6 }
}

function emitPeak(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder()
  module.func(
    'run',
    ['i32'],
    ['f32'],
    (f, count) => {
      if (!count) return
      const [factor, term] = locals(f, 2, 'v128')
      const accumulators = locals(f, sums, 'v128')
      if (!factor || !term) return
      f.f32(0.999).op('f32x4.splat').set(factor)
      f.f32(0.001).op('f32x4.splat').set(term)
      countDown(f, count, () => {
        for (let i = 0; i < unroll; i++) for (const sum of accumulators) multiplyAdd(f, relaxed, sum, factor, term)
      })
      f.get(accumulators[0] ?? factor)
      for (const sum of accumulators.slice(1)) f.get(sum).op('f32x4.add')
      f.lane('f32x4.extract_lane', 0)
    },
    { export: 'run' },
  )
  return module.encode()
}

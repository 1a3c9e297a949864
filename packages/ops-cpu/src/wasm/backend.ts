import {
  type Backend,
  BackendUnavailableError,
  type Capabilities,
  type CompileOptions,
  type Executable,
  type Graph,
  OptionError,
  type Params,
} from '@depthwise/core'
import { debug, debugLevel, hasHeadOps, traced } from '@depthwise/core/backend'
import { type Plan, planGraph } from './compile.ts'
import { WasmExecutable } from './executable.ts'
import { engineFeatures } from './features.ts'
import { codeRefusal, type WasmHost, wasmHost } from './host.ts'
import { instantiate } from './instantiate.ts'
import type { HeadLowering } from './lower/head-lowering.ts'
import type { IntegerLowering } from './lower/integer-lowering.ts'
import { defaultFusion, type FusionPolicy } from './plan/schedule.ts'
import type { WorkerHandle } from './threads/spawn.ts'
import { maySleep, threadingUnavailableReason } from './threads/support.ts'
import { soloTeam } from './threads/team.ts'

/**
 * Which features of the engine are used, and by how many threads. Relaxed SIMD and threads that it lacks are done
 * without, and `probe` tells; plain SIMD it must have.
 */
export interface WasmOptions {
  /** `relaxed` uses fused multiply-add where the machine has it; `auto` takes it where the engine offers it. */
  readonly simd?: 'auto' | 'relaxed' | 'plain'
  /** Threads that share the work of one image, this one included. Default 1. */
  readonly threads?: number
  /**
   * What threads share: the layers of one image (the shortest time, default), or whole images (the most images a second;
   * compile with a `batch` of several times the threads).
   */
  readonly share?: 'layers' | 'images'
  /** Address of the package's worker file, for pages whose content security policy forbids workers from Blobs. */
  readonly workerUrl?: string
  /** Sizes from which on blocks are fused into bands; see `FusionPolicy`. */
  readonly fusion?: FusionPolicy
}

const maxThreads = 64

/** The CPU backend for production: the whole graph compiled to one WebAssembly SIMD module. */
export function wasm(options: WasmOptions = {}): Backend {
  const { simd = 'auto', threads = 1, share = 'layers', workerUrl, fusion = defaultFusion } = options
  if (!['auto', 'relaxed', 'plain'].includes(simd)) {
    throw new OptionError({ where: 'option simd', expected: 'auto, relaxed or plain', found: `${simd}` })
  }
  if (!Number.isInteger(threads) || threads < 1 || threads > maxThreads) {
    throw new OptionError({
      where: 'option threads',
      expected: `an integer from 1 to ${maxThreads}`,
      found: `${threads}`,
    })
  }
  if (share !== 'layers' && share !== 'images') {
    throw new OptionError({ where: 'option share', expected: 'layers or images', found: `${share}` })
  }
  // Whether workers start, and how bytes are multiplied, is known only after a compilation has tried; `probe` reports it from
  // then on.
  let refusal: string | null = null
  let dot: string | null = null
  return {
    name: 'wasm',
    async probe() {
      const found = capabilities(simd, threads, refusal)
      const host = wasmHost()
      const refused = found.available && host ? await codeRefusal(host) : null
      if (refused) return { ...found, available: false, features: [], reasons: [refused.message] }
      return dot === null ? found : { ...found, features: [...found.features, `bytes: ${dot}`] }
    },
    async compile(graph: Graph, params: Params, compileOptions: CompileOptions = {}): Promise<Executable> {
      const { available, reasons } = capabilities(simd, threads, null)
      const host = wasmHost()
      if (!available || !host) {
        throw new BackendUnavailableError({ where: 'wasm', expected: 'WebAssembly SIMD', found: reasons.join('; ') })
      }
      const refused = await codeRefusal(host)
      if (refused) throw refused
      const relaxed = simd !== 'plain' && engineFeatures().relaxed
      const integers = await integersFor(graph, host, relaxed)
      if (integers) dot = integers.name
      const heads = await headsFor(graph)
      const requestedThreads = engineFeatures().threads && !threadingUnavailableReason() ? threads : 1
      const threading = requestedThreads > 1 ? await import('./threads/worker-team.ts') : null
      const planFor = (threads: number): Plan => {
        const options = { threads, share, maySleep: maySleep(), relaxed, fusion, integers, heads }
        return traced('plan', () => planGraph(graph, params, compileOptions, options))
      }
      const build = async (plan: Plan, workers: readonly WorkerHandle[]): Promise<Executable> => {
        if (debugLevel() >= 1) await describe(plan)
        const instance = await instantiate(host, plan, relaxed, compileOptions.signal)
        const team = workers.length > 0 ? await threading?.workerTeam(plan, instance, workers) : null
        return new WasmExecutable(plan, team ?? soloTeam(plan, instance))
      }
      // Starting workers takes as long as planning a network, so the plan is made meanwhile, as if all of them will start.
      const spawning = threading?.spawnWorkers(requestedThreads - 1, workerUrl) ?? Promise.resolve(noWorkers)
      try {
        const optimisticPlan = planFor(requestedThreads)
        const { workers, failure } = await spawning
        refusal = failure
        const started = workers.length + 1
        if (failure) debug(1, () => `wasm: ${started} thread(s) instead of ${threads}: ${failure}`)
        return await build(started === requestedThreads ? optimisticPlan : planFor(started), workers)
      } catch (error) {
        const { workers } = await spawning
        await Promise.all(workers.map(worker => worker.release()))
        if (workers.length === 0 || !(error instanceof BackendUnavailableError)) throw error
        // One thread needs neither shared memory nor answers of workers.
        refusal = error.message
        debug(1, () => `wasm: 1 thread instead of ${threads}: ${error.message}`)
        return await build(planFor(1), [])
      }
    },
  }
}

/** How quantized nodes are lowered on this engine. That part of the compiler is loaded with the first graph that has some. */
async function integersFor(graph: Graph, host: WasmHost, relaxed: boolean): Promise<IntegerLowering | null> {
  if (!graph.nodes.some(({ quantization }) => quantization)) return null
  const { arithmeticFor, integerLowering } = await import('./integers/index.ts')
  const heads = hasHeadOps(graph, true) ? (await import('./heads/head-integers.ts')).headIntegerLowering : null
  return integerLowering(await arithmeticFor(host, relaxed), heads)
}

/** How ops of heads that compute reals are lowered. That part of the compiler is loaded with the first graph that has some. */
async function headsFor(graph: Graph): Promise<HeadLowering | null> {
  return hasHeadOps(graph, false) ? (await import('./heads/index.ts')).headLowering : null
}

/** Prints a plan on the debug ladder. */
async function describe(plan: Plan): Promise<void> {
  const { describeMemory, describePlan } = await import('./describe.ts')
  debug(1, () => describePlan(plan))
  debug(2, () => describeMemory(plan))
}

const noWorkers = { workers: [] as readonly WorkerHandle[], failure: null }

function capabilities(simd: 'auto' | 'relaxed' | 'plain', threads: number, refusal: string | null): Capabilities {
  const numerics = { nan: true, infinity: true, denormals: true }
  const unavailable = (reason: string): Capabilities => ({
    available: false,
    features: [],
    reasons: [reason],
    numerics,
  })
  if (!wasmHost()) return unavailable('this engine has no WebAssembly')
  const engine = engineFeatures()
  if (!engine.simd) return unavailable('this engine has no WebAssembly SIMD')
  if (simd === 'relaxed' && !engine.relaxed) return unavailable('relaxed SIMD was asked for, and this engine has none')
  const reasons: string[] = []
  const features = ['simd']
  if (simd !== 'plain' && engine.relaxed) features.push('relaxed-simd')
  else reasons.push(simd === 'plain' ? 'relaxed SIMD is off by option' : 'this engine has no relaxed SIMD')
  const alone = engine.threads ? (threadingUnavailableReason() ?? refusal) : 'this engine has no shared memory'
  if (threads > 1 && alone) reasons.push(`fewer threads than ${threads}: ${alone}`)
  else features.push(`threads: ${threads}`)
  return { available: true, features, reasons, numerics }
}

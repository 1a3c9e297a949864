import type { Capabilities } from '@depthwise/core'
import { wasm } from '@depthwise/ops-cpu'
import { flat, type NetworkName, networkNames, seeded } from './networks.ts'

/** What is asked of a place: how it may start threads. */
export interface Question {
  readonly workerUrl?: string | undefined
}

/** One network under one pair of options. `values` is null where the backend says that it is not available. */
export interface Run {
  readonly network: NetworkName
  readonly simd: 'auto' | 'relaxed' | 'plain'
  readonly threads: number
  /** Before the first compile and after the last: only then it is known whether workers start. */
  readonly before: Capabilities
  readonly after: Capabilities
  readonly values: readonly number[] | null
}

export interface Survey {
  /** Found without the package under test: from the engine itself. */
  readonly engine: { readonly relaxed: boolean; readonly isolated: boolean; readonly sharing: boolean }
  readonly runs: readonly Run[]
}

// (module (func (result v128) (f32x4.relaxed_madd (i8x16.splat (i32.const 0)) ... three times)), by hand.
const splat = [0x41, 0x00, 0xfd, 0x0f]
const relaxedModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x13, 0x01, 0x11, 0x00, ...splat, ...splat, ...splat, 0xfd, 0x85, 0x02, 0x0b],
)

interface Global {
  readonly WebAssembly: { validate(bytes: Uint8Array): boolean }
  readonly crossOriginIsolated?: boolean
  readonly SharedArrayBuffer?: unknown
}

/** Runs every network on every combination of features, and by the defaults, in whatever place this is. */
export async function survey({ workerUrl }: Question): Promise<Survey> {
  const global = globalThis as unknown as Global
  const runs: Run[] = []
  for (const network of networkNames) {
    for (const simd of ['relaxed', 'plain', 'auto'] as const) {
      for (const threads of [1, 2]) runs.push(await run(network, simd, threads, workerUrl))
    }
  }
  const relaxed = global.WebAssembly.validate(relaxedModule)
  const isolated = global.crossOriginIsolated ?? false
  return { engine: { relaxed, isolated, sharing: global.SharedArrayBuffer !== undefined }, runs }
}

async function run(network: NetworkName, simd: Run['simd'], threads: number, workerUrl?: string): Promise<Run> {
  const { graph, params, inputs } = seeded(network)
  const backend = wasm({ simd, threads, ...(workerUrl === undefined ? {} : { workerUrl }) })
  const before = await backend.probe()
  if (!before.available) return { network, simd, threads, before, after: before, values: null }
  const executable = await backend.compile(graph, params)
  try {
    // The second run finds the memory used, and workers asleep.
    await executable.run(inputs)
    const values = flat(await executable.run(inputs))
    return { network, simd, threads, before, after: await backend.probe(), values }
  } finally {
    // Not `await using`: WebKitGTK 2.50 has no Symbol.asyncDispose, and so nothing that such a declaration would accept.
    await executable[Symbol.asyncDispose]()
  }
}

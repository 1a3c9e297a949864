import type { Signal } from '@depthwise/core'
import { debug, debugLevel, traced } from '@depthwise/core/backend'
import type { Plan } from './compile.ts'
import { compileModule, instantiateModule, pageBytes, type WasmHost, type WasmMemory } from './host.ts'
import { hostCall } from './host-call.ts'
import { emitModule } from './module.ts'

export type Execute = (begin: number, end: number) => void

/** A plan's module, compiled, and its memory, filled. */
export interface Instance {
  readonly module: object
  readonly memory: WasmMemory
  readonly execute: Execute
}

/** Emits the module, packs weights and records into its memory while the engine compiles it, and puts both together. */
export async function instantiate(host: WasmHost, plan: Plan, relaxed: boolean, signal?: Signal): Promise<Instance> {
  const pages = Math.ceil(plan.memoryBytes / pageBytes)
  const shared = plan.program.threads > 1
  const text = debugLevel() >= 3
  const emitted = traced('emit', () =>
    emitModule(plan.program.kernels, { relaxed, pages, shared, instructions: plan.instructions, text }),
  )
  if (text) {
    const { moduleText } = await import('./assembler/text.ts')
    debug(3, () => moduleText(emitted.parts()))
  }
  const bytes = traced('encode', () => emitted.encode())
  const compiled = traced('validate', () => compileModule(host, bytes))
  // Awaited below, unless something else fails first.
  compiled.catch(() => {})
  const limits = shared ? { initial: pages, maximum: pages, shared } : { initial: pages }
  const memory = await hostCall(`${pages} pages of ${shared ? 'shared ' : ''}memory`, () => new host.Memory(limits))
  traced('pack', () => writeMemory(plan, memory.buffer))
  const module = await compiled
  signal?.throwIfAborted()
  const instance = await traced('instantiate', () => instantiateModule(host, module, { env: { memory } }))
  return { module, memory, execute: instance.exports['execute'] as Execute }
}

function writeMemory(plan: Plan, memory: ArrayBufferLike): void {
  plan.constants.writeTo(memory)
  for (const [thread, address] of plan.recordAddresses.entries()) {
    new Uint8Array(memory).set(plan.program.bytes(thread), address)
  }
}

import { Bytes } from '../wasm/assembler/bytes.ts'
import { completeSet } from '../wasm/assembler/complete-set.ts'
import { ModuleBuilder } from '../wasm/assembler/module.ts'
import type { Plan } from '../wasm/compile.ts'
import { pageBytes } from '../wasm/host.ts'
import { emitProgram } from '../wasm/module.ts'
import type { ModuleEnd } from './ends.ts'
import type { MemoryImage, Placed } from './memory-image.ts'
import { joinSections, type Section, sectionIds, splitSections } from './sections.ts'
import { emitStart } from './start.ts'

/** What goes into a module beside the kernels of its plan. */
export interface StandaloneParts {
  readonly relaxed: boolean
  readonly split: boolean
  readonly sections: Readonly<Record<string, Uint8Array>>
  readonly image: MemoryImage
  readonly input: ModuleEnd
  readonly output: ModuleEnd
}

/** What an export is: a function, the memory, a global. */
const exportKinds = { func: 0, memory: 2, global: 3 } as const

/**
 * The kernels of `wasm()` around a memory of the module's own: what the host did there, its data segments and its start
 * function do here. In place of the program's addresses `run` has constants.
 */
export function emitStandalone(plan: Plan, parts: StandaloneParts): Uint8Array<ArrayBuffer> {
  const { relaxed, split, sections, image, input, output } = parts
  const module = new ModuleBuilder({ set: completeSet })
  const execute = emitProgram(module, plan.program.kernels, relaxed)
  const records = plan.recordAddresses[0] as number
  const run = module.func('run', [], [], f => {
    f.i32(records)
      .i32(records + plan.program.bytes(0).length)
      .call(execute)
  })
  const start = emitStart(module, image)
  const constant = (value: number): number => module.global('i32', value, false).index
  const exported: readonly (readonly [string, keyof typeof exportKinds, number])[] = [
    ['memory', 'memory', 0],
    ['input', 'global', constant(input.address)],
    ['input_bytes', 'global', constant(input.bytes)],
    ['output', 'global', constant(output.address)],
    ['output_bytes', 'global', constant(output.bytes)],
    ['run', 'func', run.index],
  ]
  const own = [
    ['weights', 'global', constant(image.weights.address)],
    ['weights_bytes', 'global', constant(image.weights.bytes.length)],
    ['init', 'func', start.index],
  ] as const
  for (const { address, bytes } of [...(split ? [] : segmentsOf(image.weights)), ...image.others.flatMap(segmentsOf)]) {
    module.data(bytes, address)
  }
  const all: readonly Section[] = [
    // Of the builder's own exports none is meant for a caller.
    ...splitSections(module.encode()).filter(([id]) => id !== sectionIds.export),
    [sectionIds.memory, memoryBody(image.memoryBytes / pageBytes)],
    [sectionIds.export, exportsBody([...exported, ...(split ? own : [])])],
    ...(split ? [] : [[sectionIds.start, new Bytes().u32(start.index)] as const]),
    ...Object.entries(sections).map(([name, bytes]): Section => [sectionIds.custom, new Bytes().name(name).raw(bytes)]),
  ]
  return joinSections(all)
}

/** A memory that never grows: hosts may keep their views of it. */
function memoryBody(pages: number): Bytes {
  return new Bytes().u32(1).u8(1).u32(pages).u32(pages)
}

function exportsBody(exported: readonly (readonly [string, keyof typeof exportKinds, number])[]): Bytes {
  const body = new Bytes().u32(exported.length)
  for (const [name, kind, index] of exported) body.name(name).u8(exportKinds[kind]).u32(index)
  return body
}

/** Zeros that are worth a segment more: the memory is zero already. */
const gapBytes = 1024

/** Placed bytes cut at long stretches of zeros. */
function segmentsOf({ address, bytes }: Placed): readonly Placed[] {
  const segments: Placed[] = []
  let start = 0
  let end = 0
  const cut = (): void => {
    if (end > start) segments.push({ address: address + start, bytes: bytes.subarray(start, end) })
  }
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0) continue
    if (at - end >= gapBytes) {
      cut()
      start = at
    }
    end = at + 1
  }
  cut()
  return segments
}

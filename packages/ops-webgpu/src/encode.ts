import type { Launch } from './bind.ts'
import type { GpuBuffer, GpuCommandEncoder, GpuComputePass, GpuQuerySet } from './gpu/types.ts'
import type { Port, Program } from './program.ts'

export function encodeCommand(pass: GpuComputePass, { pipeline, group, grid }: Launch): void {
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, group as never)
  pass.dispatchWorkgroups(grid[0], grid[1])
}

/** One pass a launch, each between two timestamps. */
export function encodeTimed(encoder: GpuCommandEncoder, { commands }: Program, queries: GpuQuerySet): void {
  commands.forEach((command, index) => {
    const querySet = queries as never
    const writes = { querySet, beginningOfPassWriteIndex: 2 * index, endOfPassWriteIndex: 2 * index + 1 }
    const pass = encoder.beginComputePass({ timestampWrites: writes })
    encodeCommand(pass, command)
    pass.end()
  })
}

/** Copies outputs, and nothing else, to where the host can read them. */
export function encodeReadback(encoder: GpuCommandEncoder, outputs: readonly Port[], target: GpuBuffer): void {
  let offset = 0
  for (const { place } of outputs) {
    encoder.copyBufferToBuffer(place.buffer, place.offset, target, offset, place.size)
    offset += place.size
  }
}

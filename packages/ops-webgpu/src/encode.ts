import type { GpuBuffer, GpuCommandEncoder, GpuComputePass, GpuQuerySet } from './gpu/types.ts'
import type { Command, Program } from './program.ts'

export function encodeCommand(pass: GpuComputePass, { pipeline, group, grid }: Command): void {
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, group as never)
  pass.dispatchWorkgroups(grid[0], grid[1])
}

/** The whole network in one compute pass; launches see what earlier ones wrote (WebGPU, section 3.4.3). */
export function encodeRun(encoder: GpuCommandEncoder, { commands }: Program): void {
  const pass = encoder.beginComputePass()
  for (const command of commands) encodeCommand(pass, command)
  pass.end()
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

/** Copies the outputs, and nothing else, to where the host can read them. */
export function encodeReadback(encoder: GpuCommandEncoder, { outputs }: Program, target: GpuBuffer): void {
  let offset = 0
  for (const { place } of outputs) {
    encoder.copyBufferToBuffer(place.buffer, place.offset, target, offset, place.size)
    offset += place.size
  }
}

import type { Context } from './gpu/context.ts'
import { attempt } from './gpu/refusal.ts'
import { assertAccepted, judged } from './gpu/scope.ts'
import type { GpuBinding, GpuBuffer, GpuCommandEncoder, GpuComputePass, GpuObject, GpuQuerySet } from './gpu/types.ts'
import { gridOf, type Kernel } from './kernels/kernel.ts'
import type { Port, Program } from './program.ts'

/** A pipeline with what it is bound to, ready to be encoded any number of times. */
export interface Launch {
  readonly pipeline: GpuObject
  readonly group: GpuObject
  readonly grid: readonly [x: number, y: number]
}

/**
 * Binds a kernel to its resources, in the order of its bindings, before it first yields.
 * @throws KernelError naming `where` when the device refuses them
 */
export async function bindCommand(
  context: Context,
  kernel: Kernel,
  where: string,
  resources: readonly (GpuBinding | GpuObject)[],
): Promise<Launch> {
  const { result: group, verdict } = judged(context.device, () => bindGroup(context, kernel, where, resources))
  const [pipeline, errors] = await Promise.all([context.pipeline(kernel, where), verdict])
  assertAccepted(errors, where)
  return { pipeline, group, grid: gridOf(kernel.workgroups) }
}

export function bindGroup(
  context: Context,
  kernel: Kernel,
  label: string,
  resources: readonly (GpuBinding | GpuObject)[],
): GpuObject {
  return attempt(label, () =>
    context.device.createBindGroup({
      label,
      layout: context.layouts(kernel.access).group as never,
      entries: resources.map((resource, binding) => ({ binding, resource: resource as never })),
    }),
  )
}

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

import type { Context } from './gpu/context.ts'
import { attempt } from './gpu/refusal.ts'
import { assertAccepted, judged } from './gpu/scope.ts'
import type { GpuBinding, GpuObject } from './gpu/types.ts'
import { gridOf, type Kernel } from './kernels/kernel.ts'

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

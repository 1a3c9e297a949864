import type { Graph, Node, NodeId, Signal } from '@depthwise/core'
import { nodeIndex, nodeLabel } from '@depthwise/core/backend'
import { bindGroup, type Launch } from './bind.ts'
import type { Context, MakeBuffer } from './gpu/context.ts'
import { DeviceMemoryError } from './gpu/errors.ts'
import { usage } from './gpu/flags.ts'
import { assertAccepted, judged } from './gpu/scope.ts'
import type { GpuBinding, GpuBuffer, GpuObject } from './gpu/types.ts'
import { gridOf } from './kernels/kernel.ts'
import { type Arena, alignment, planBuffers } from './plan/buffers.ts'
import type { Dispatch } from './plan/dispatch.ts'
import { byteSize, type Layout } from './plan/layout.ts'
import type { Schedule, Step } from './plan/schedule.ts'
import { planWeights, uploadWeights } from './plan/weights.ts'

/** A launch of the plan. */
export interface Command extends Launch {
  readonly step: Step
  readonly dispatch: Dispatch
  /** Of all that is bound. */
  readonly bytes: number
}

/** A value that crosses between host and device. */
export interface Port extends Pick<Node, 'id' | 'name' | 'shape' | 'dtype' | 'quantization'> {
  readonly layout: Layout
  readonly place: GpuBinding
}

/** Runs under way at once: one computes while the outputs of the other are read back. */
const lanes = 2

/** A schedule on a device: all that a run needs is made. */
export interface Program {
  readonly graph: Graph
  readonly commands: readonly Command[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** What outputs are copied to, one for each run under way. */
  readonly readbacks: readonly GpuBuffer[]
  /** Every buffer it holds, those to read back included. */
  readonly buffers: readonly GpuBuffer[]
}

/**
 * Makes buffers, weights, pipelines and bind groups. Pipelines compile while weights are packed.
 * @throws DeviceMemoryError naming the node whose value or weights exceed the device, KernelError naming the node whose
 * kernel it refuses, the signal's reason when it is aborted; nothing is left behind
 */
export async function assemble(schedule: Schedule, context: Context, signal?: Signal): Promise<Program> {
  const { device } = context
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits
  assertFits(schedule, Math.min(maxBufferSize, maxStorageBufferBindingSize))
  const launches = schedule.steps.flatMap(step => step.dispatches.map(dispatch => ({ step, dispatch })))
  const pipelines = Promise.all(
    launches.map(({ step, dispatch }) => context.pipeline(dispatch.kernel, nodeLabel(step.node))),
  )
  // It is awaited further down; should packing fail first, nobody would hear of its own failure.
  pipelines.catch(() => {})
  const buffers: GpuBuffer[] = []
  try {
    const arena = planBuffers(schedule, maxBufferSize)
    const storage = await created(context, 'arena', buffers, make =>
      arena.buffers.map((size, index) => {
        const flags = usage.storage | usage.copySource | usage.copyTarget
        return make(`arena ${index}`, size, flags)
      }),
    )
    const weights = planWeights(
      launches.map(({ dispatch }) => dispatch.params),
      maxBufferSize,
    )
    const uploaded = await created(context, 'weights', buffers, make => uploadWeights(weights, make))
    const readbacks = await created(context, 'readback', buffers, make =>
      Array.from({ length: lanes }, (_, lane) => {
        const size = readbackSize(schedule)
        return make(`readback ${lane}`, size, usage.mapRead | usage.copyTarget)
      }),
    )
    const bind = binder(arena, storage)
    const ready = await pipelines
    signal?.throwIfAborted()
    const { result: commands, verdict } = judged(device, () =>
      launches.map(({ step, dispatch }, index): Command => {
        const slice = weights.slices[index]
        const resources: GpuBinding[] = [
          ...dispatch.reads.map(bind),
          ...(slice ? [{ buffer: uploaded[slice.buffer] as GpuBuffer, offset: slice.offset, size: slice.size }] : []),
          bind(dispatch.writes),
        ]
        const group = bindGroup(context, dispatch.kernel, step.node.name, resources)
        const bytes = resources.reduce((sum, { size }) => sum + size, 0)
        const pipeline = ready[index] as GpuObject
        return { step, dispatch, bytes, pipeline, group, grid: gridOf(dispatch.kernel.workgroups) }
      }),
    )
    assertAccepted(await verdict, 'bind groups')
    const nodes = nodeIndex(schedule.graph)
    const port = (id: NodeId): Port => {
      const place = bind(schedule.home(id))
      return { ...(nodes.get(id) as Node), layout: schedule.layout(id), place }
    }
    const { graph } = schedule
    return { graph, commands, inputs: graph.inputs.map(port), outputs: graph.outputs.map(port), readbacks, buffers }
  } catch (error) {
    for (const buffer of buffers) context.destroy(buffer)
    throw (await context.isLost()) ? context.lossError() : error
  }
}

/** Makes buffers under error scopes, notes each for disposal at once, and waits for the device's verdict. */
async function created(
  context: Context,
  where: string,
  into: GpuBuffer[],
  makeAll: (make: MakeBuffer) => readonly GpuBuffer[],
): Promise<readonly GpuBuffer[]> {
  const make: MakeBuffer = (...given) => {
    const buffer = context.createBuffer(...given)
    into.push(buffer)
    return buffer
  }
  const { result, verdict } = judged(context.device, () => makeAll(make))
  assertAccepted(await verdict, where)
  return result
}

function binder({ places }: Arena, buffers: readonly GpuBuffer[]): (id: NodeId) => GpuBinding {
  return id => {
    const place = places.get(id)
    if (!place) throw new Error(`value ${id} has no place in the arena`)
    return { buffer: buffers[place.buffer] as GpuBuffer, offset: place.offset, size: place.size }
  }
}

/** Everything is measured before anything is allocated: shapes may come from a hostile file. */
function assertFits({ steps, values, graph }: Schedule, limit: number): void {
  const tooLarge = (node: Parameters<typeof nodeLabel>[0], what: string, size: number): never => {
    throw new DeviceMemoryError({
      where: nodeLabel(node),
      expected: `${what} of at most ${limit} bytes on this device`,
      found: `${size} bytes`,
    })
  }
  for (const node of graph.nodes) {
    const value = values.get(node.id)
    if (value && byteSize(value.layout) + alignment > limit) tooLarge(node, 'a value', byteSize(value.layout))
  }
  for (const { node, dispatches } of steps) {
    for (const { params } of dispatches) {
      const size = params ? params.length * 4 : 0
      if (size + alignment > limit) tooLarge(node, 'weights', size)
    }
  }
}

/** Bytes of all outputs in a row, as they are copied for reading back. */
function readbackSize({ graph, layout }: Schedule): number {
  return graph.outputs.reduce((sum, id) => sum + byteSize(layout(id)), 0)
}

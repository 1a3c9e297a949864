import { now } from '@depthwise/core/backend'
import { encodeCommand, encodeTimed } from './encode.ts'
import type { Context } from './gpu/context.ts'
import { mapForReading, usage } from './gpu/flags.ts'
import type { GpuBuffer } from './gpu/types.ts'
import type { Program } from './program.ts'
import type { GpuLayerTiming } from './timing.ts'

/** Most timestamps a query set may hold (WebGPU, section 20.1). */
const maxQueries = 4096

/**
 * Time of every launch, summed by node. With `timestamp-query` the device's own clock; else each launch is submitted by
 * itself and the host waits for it, which adds the way there and back.
 */
export async function profileProgram(program: Program, context: Context): Promise<readonly GpuLayerTiming[]> {
  const { device } = context
  const timed = device.features.has('timestamp-query') && program.commands.length * 2 <= maxQueries
  const times = timed ? await byTimestamps(program, context) : await bySubmissions(program, context)
  const steps = [...new Set(program.commands.map(({ step }) => step))]
  return steps.map(step => {
    const launches = program.commands.flatMap(({ step: of, dispatch: { kernel, macs }, bytes }, index) => {
      if (of !== step) return []
      return [{ kernel: kernel.name, workgroups: kernel.workgroups, macs, bytes, milliseconds: times[index] ?? 0 }]
    })
    return {
      name: step.node.name,
      nodes: step.origins,
      kernel: [...new Set(launches.map(({ kernel }) => kernel))].join(' + '),
      milliseconds: launches.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
      layer: step.layer,
      launches,
    }
  })
}

async function byTimestamps(program: Program, context: Context): Promise<readonly number[]> {
  const { device } = context
  const count = program.commands.length * 2
  if (count === 0) return []
  const queries = device.createQuerySet({ type: 'timestamp', count })
  const buffers: GpuBuffer[] = []
  try {
    const resolved = context.createBuffer('timestamps', count * 8, usage.queryResolve | usage.copySource)
    buffers.push(resolved)
    const readback = context.createBuffer('timestamps', count * 8, usage.mapRead | usage.copyTarget)
    buffers.push(readback)
    const encoder = device.createCommandEncoder({ label: 'depthwise profile' })
    encodeTimed(encoder, program, queries)
    encoder.resolveQuerySet(queries, 0, count, resolved, 0)
    encoder.copyBufferToBuffer(resolved, 0, readback, 0, count * 8)
    device.queue.submit([encoder.finish() as never])
    await readback.mapAsync(mapForReading)
    const stamps = new BigUint64Array(readback.getMappedRange())
    // Clocks may be reset in mid-run: a launch then takes no time rather than a negative one.
    return program.commands.map((_, i) => Math.max(0, Number(stamps[2 * i + 1]! - stamps[2 * i]!)) / 1e6)
  } finally {
    queries.destroy()
    for (const buffer of buffers) context.destroy(buffer)
  }
}

async function bySubmissions({ commands }: Program, { device }: Context): Promise<readonly number[]> {
  const times: number[] = []
  await device.queue.onSubmittedWorkDone()
  for (const command of commands) {
    const start = now()
    const encoder = device.createCommandEncoder({ label: command.step.node.name })
    const pass = encoder.beginComputePass()
    encodeCommand(pass, command)
    pass.end()
    device.queue.submit([encoder.finish() as never])
    await device.queue.onSubmittedWorkDone()
    times.push(now() - start)
  }
  return times
}

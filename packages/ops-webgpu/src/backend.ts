import { type Backend, type CompileOptions, type Graph, OptionError, type Params } from '@depthwise/core'
import { debug, debugLevel, optimize, prepare, show, traced } from '@depthwise/core/backend'
import type { RunsOnDevice } from './device-values.ts'
import { WebGpuExecutable } from './executable.ts'
import type { Context } from './gpu/context.ts'
import { checkOptions, type Tuned, type WebGpuOptions } from './gpu/options.ts'
import { DeviceSource } from './gpu/source.ts'
import { headsFor, integersFor } from './load-parts.ts'
import type { PairFusion } from './plan/fusion.ts'
import { type Schedule, schedule } from './plan/schedule.ts'
import { assemble } from './program.ts'

/** What `webgpu()` returns: its executables also take inputs, and leave outputs, on the device. */
export interface WebGpuBackend extends Backend {
  compile(graph: Graph, params: Params, options?: CompileOptions): Promise<RunsOnDevice>
}

/**
 * The graph on the GPU: one plan, WGSL generated for its shapes, weights packed once, one submit and one readback a run.
 *
 * In a browser `webgpu()` asks `navigator.gpu`; in Node pass Dawn's entry point: `webgpu({ gpu: create([]) })`. A device is
 * opened when the first graph is compiled and closed behind the last executable, unless it is the caller's.
 *
 * A lost device ends runs in `DeviceLostError`; sessions rebuild on a new one. Buffers or kernels the device refuses are
 * `DeviceMemoryError` and `KernelError`, which name the node; sessions then move on to the next backend.
 * @throws OptionError for options outside their domain
 */
export function webgpu(options: WebGpuOptions = {}): WebGpuBackend {
  checkOptions(options)
  const source = new DeviceSource(options)
  return {
    name: 'webgpu',
    losesDevice: true,
    probe: () => source.probe(),
    async compile(graph, params, compileOptions) {
      const network = prepare(graph, params, compileOptions)
      const integers = await integersFor(network.graph, options)
      const heads = await headsFor(network.graph)
      const context = await source.acquire()
      try {
        assertTunedFor(context, options.tuning)
        const plan = traced('webgpu plan', () => {
          const { dtype = 'float32', tuning } = options
          const tiles = { ...tuning?.tiles, ...options.tiles }
          const fuse = (options.fuse ?? tuning?.fuse) as PairFusion | undefined
          return schedule(optimize(heads?.prepare(network) ?? network), {
            dtype,
            precise: graph.outputs,
            adapter: context.adapterClass,
            tiles,
            fuse,
            integers,
            heads,
          })
        })
        if (debugLevel() >= 1) await describe(plan, context)
        const program = await traced('webgpu assemble', () => assemble(plan, context, compileOptions?.signal))
        return new WebGpuExecutable(program, context, () => source.release(context))
      } catch (error) {
        source.release(context)
        throw error
      }
    },
  }
}

/** Prints a plan on the debug ladder. */
async function describe(plan: Schedule, { device }: Context): Promise<void> {
  const { describeMemory, describePlan } = await import('./describe.ts')
  debug(1, () => describePlan(plan))
  debug(2, () => describeMemory(plan, device.limits.maxBufferSize))
  debug(3, () => plan.steps.flatMap(({ dispatches }) => dispatches.map(each => each.kernel.source)).join('\n'))
}

function assertTunedFor({ adapter }: Context, tuning: Tuned | undefined): void {
  if (!tuning || tuning.adapter === adapter) return
  throw new OptionError({
    where: 'option tuning',
    expected: `one made on "${adapter}"`,
    found: `one made on ${show(tuning.adapter)}`,
  })
}

import type { CompileOptions, Graph, Inputs, Params, Tensor } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { type FusionPolicy, wasm } from '@depthwise/ops-cpu'
import { randomReals } from '@depthwise/testing/random-params'
import { type Plan, planGraph } from '../src/wasm/compile.ts'
import { headLowering } from '../src/wasm/heads/index.ts'
import { wasmHost } from '../src/wasm/host.ts'
import { type Instance, instantiate } from '../src/wasm/instantiate.ts'
import { writeItem } from '../src/wasm/ports.ts'

/** Fusion for values of any size: small test images would otherwise never see it. */
export const everywhere: FusionPolicy = { expandedBytes: 0, filteredBytes: 0, widening: true }
/** Every layer on its own. */
export const nowhere: FusionPolicy = { expandedBytes: Infinity, filteredBytes: Infinity }

/** The two axes of features. */
export const combinations = {
  'relaxed SIMD, one thread': { simd: 'relaxed', threads: 1 },
  'plain SIMD, one thread': { simd: 'plain', threads: 1 },
  'relaxed SIMD, three threads': { simd: 'relaxed', threads: 3 },
  'plain SIMD, two threads': { simd: 'plain', threads: 2 },
} as const

/** A plan and its instance, without an executable around them. */
export async function instantiated(
  graph: Graph,
  params: Params,
  {
    relaxed = true,
    fusion = everywhere,
    ...options
  }: CompileOptions & { relaxed?: boolean; fusion?: FusionPolicy } = {},
): Promise<{ readonly plan: Plan; readonly instance: Instance }> {
  const host = wasmHost()
  if (!host) throw new Error('no WebAssembly here')
  const how = { threads: 1, share: 'layers', maySleep: true, relaxed, fusion, heads: headLowering } as const
  const plan = planGraph(graph, params, options, how)
  return { plan, instance: await instantiate(host, plan, relaxed) }
}

/** The size of the arena that `wasm()` would take for a graph with its own choice of fusion. */
export async function arenaBytes(graph: Graph, params: Params): Promise<number> {
  await using executable = await wasm().compile(graph, params)
  return (executable as unknown as { readonly plan: Plan }).plan.arenaBytes
}

export function writeInputs({ plan, instance }: { plan: Plan; instance: Instance }, inputs: Inputs): void {
  for (const port of plan.inputs) writeItem(instance.memory.buffer, port, inputs[port.name] as Tensor, 0)
}

/** Runs one step of a plan. */
export function runStep({ plan, instance }: { plan: Plan; instance: Instance }, index: number): void {
  const step = plan.program.steps[index]
  const start = plan.recordAddresses[0] as number
  instance.execute(start + (step?.begin[0] as number), start + (step?.end[0] as number))
}

/** Random tensors for every input, of its own dtype. */
export function randomInputs(graph: Graph, seed = 7): Readonly<Record<string, Tensor>> {
  const nodes = graph.inputs.map(id => nodeIndex(graph).get(id)).filter(node => node !== undefined)
  return Object.fromEntries(
    nodes.map(({ name, shape, dtype }, i) => {
      const real = randomReals(seed + i)
      const length = shape.reduce((product, extent) => product * extent, 1)
      const data = {
        float32: () => Float32Array.from({ length }, () => 2 * real() - 1),
        uint8: () => Uint8Array.from({ length }, () => 256 * real()),
        int8: () => Int8Array.from({ length }, () => 256 * real() - 128),
        int32: () => Int32Array.from({ length }, () => 1e6 * (real() - 0.5)),
      }[dtype]()
      return [name, { dtype, shape, data } as Tensor]
    }),
  )
}

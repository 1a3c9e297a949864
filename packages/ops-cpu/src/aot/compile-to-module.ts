import { type Graph, GraphError, OptionError, type Params } from '@depthwise/core'
import { debug } from '@depthwise/core/backend'
import { type Plan, planGraph } from '../wasm/compile.ts'
import { describePlan } from '../wasm/describe.ts'
import { headIntegerLowering } from '../wasm/heads/head-integers.ts'
import { headLowering } from '../wasm/heads/index.ts'
import { arithmeticOf, integerLowering } from '../wasm/integers/index.ts'
import { defaultFusion, type FusionPolicy } from '../wasm/plan/schedule.ts'
import type { Port } from '../wasm/ports.ts'
import { denseEnds, isDense, type ModuleEnd, moduleEnd } from './ends.ts'
import { halveWeights } from './halve-weights.ts'
import { layOut } from './memory-image.ts'
import { emitStandalone } from './standalone.ts'

/** What a standalone module uses, and how it holds its weights. */
export interface ModuleOptions {
  /** `plain` (default) runs wherever WebAssembly has SIMD; `relaxed` uses fused multiply-add and wants an engine with it. */
  readonly simd?: 'plain' | 'relaxed'
  /**
   * `float16` rounds the weights of products to half precision, batch norm folded in: a file of about half the size, whose
   * numbers become float32 again when the module starts. Biases, and tensors beyond the range of halves, stay whole. Not
   * for graphs with quantized values, whose weights are bytes already.
   */
  readonly dtype?: 'float32' | 'float16'
  /** Whether the weights are a file of their own, which modules of either `simd` then share. Default no. */
  readonly split?: boolean
  /** Sizes from which on blocks are fused into bands; see `FusionPolicy`. */
  readonly fusion?: FusionPolicy
  /** Custom sections of the module, by their names in ASCII: engines pass over them, programs may read them. */
  readonly sections?: Readonly<Record<string, Uint8Array>>
}

/** A network as a file. */
export interface CompiledModule {
  /** The module in WebAssembly's binary format. */
  readonly module: Uint8Array<ArrayBuffer>
  /** With `split`: what has to lie at the module's `weights` when its `init` is called. */
  readonly weights: Uint8Array<ArrayBuffer> | null
  readonly input: ModuleEnd
  readonly output: ModuleEnd
  /** Memory that an instance takes. */
  readonly memoryBytes: number
  /** Weights that `float16` could not hold and that were left as they are. */
  readonly beyondHalf: readonly string[]
}

/**
 * Compiles a network, ahead of time, to one WebAssembly module that holds code and weights, imports nothing and runs in any
 * engine with SIMD. The same compiler as `wasm()`: with the same `simd` the module gives the same bits. Equal arguments give
 * equal bytes.
 *
 * The module exports `memory`; the addresses `input` and `output` and their sizes `input_bytes` and `output_bytes`, all i32
 * globals; and `run()`, which turns the input into the output. The input is used up by a run; the output stays until the
 * next. Instantiating the module traps where what it holds is damaged. With `split` it also exports the global `weights`,
 * the address where the file of weights is to be copied, `weights_bytes`, and `init()`, to be called once after that, which
 * traps where they are damaged or another network's.
 * @throws OptionError for an unknown option value; GraphError for several inputs or outputs; what `wasm().compile` throws
 */
export function compileToModule(graph: Graph, params: Params, options: ModuleOptions = {}): CompiledModule {
  const { simd = 'plain', dtype = 'float32', split = false, fusion = defaultFusion, sections = {} } = options
  oneOf('simd', simd, ['plain', 'relaxed'])
  oneOf('dtype', dtype, ['float32', 'float16'])
  const quantized = graph.nodes.some(({ quantization }) => quantization)
  if (quantized && dtype === 'float16') {
    const expected = 'float32 for a graph with quantized values, whose weights are bytes'
    throw new OptionError({ where: 'option dtype', expected, found: dtype })
  }
  const whole = { graph, params, beyondHalf: [] }
  const network = dtype === 'float16' ? halveWeights(graph, params) : whole
  // A module cannot ask its engine how it multiplies bytes; 16 bits are exact on all of them.
  const integers = quantized ? integerLowering(arithmeticOf('wide'), headIntegerLowering, true) : null
  const relaxed = simd === 'relaxed'
  const planOf = (ends: Graph): Plan =>
    planGraph(
      ends,
      network.params,
      { batch: 1 },
      { threads: 1, share: 'layers', maySleep: true, relaxed, fusion, integers, heads: headLowering },
    )
  onlyEnd('input', network.graph.inputs)
  onlyEnd('output', network.graph.outputs)
  const asIs = planOf(network.graph)
  const [input, output] = endsOf(asIs)
  // Rows of the caller's are dense, whatever suits the kernels.
  const dense = isDense(input) && isDense(output)
  const plan = dense ? asIs : planOf(denseEnds(network.graph, { input: !isDense(input), output: !isDense(output) }))
  debug(1, () => describePlan(plan))
  const ports = endsOf(plan)
  const image = layOut(plan, dtype === 'float16')
  const [from, to] = [moduleEnd(ports[0], input), moduleEnd(ports[1], output)]
  return {
    module: emitStandalone(plan, { relaxed, split, sections, image, input: from, output: to }),
    weights: split ? image.weights.bytes : null,
    input: from,
    output: to,
    memoryBytes: image.memoryBytes,
    beyondHalf: network.beyondHalf,
  }
}

function oneOf(option: string, value: string, values: readonly string[]): void {
  if (values.includes(value)) return
  throw new OptionError({ where: `option ${option}`, expected: values.join(' or '), found: `${value}` })
}

function onlyEnd(what: string, ids: readonly number[]): void {
  if (ids.length === 1) return
  throw new GraphError({ where: 'graph', expected: `one ${what}, for a standalone module`, found: `${ids.length}` })
}

const endsOf = (plan: Plan): readonly [Port, Port] => [plan.inputs[0] as Port, plan.outputs[0] as Port]

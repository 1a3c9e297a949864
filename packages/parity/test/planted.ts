import {
  type Backend,
  type CompileOptions,
  DisposedError,
  type Executable,
  type Graph,
  type Inputs,
  type LayerTiming,
  type Network,
  type Node,
  type NodeId,
  type Op,
  type Outputs,
  type RunOptions,
  type Tensor,
} from '@depthwise/core'
import { bindInputs, nodeIndex, optimize, originsOf, prepare } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'

/** What is planted in the copy of a backend; every hook sees one node at a time. */
export interface Fault {
  /** Another op in the place of the right one. */
  readonly op?: (node: Node) => Op
  /** Spoils what a node computed. */
  readonly value?: (value: Float32Array, at: Place) => void | Promise<void>
}

/** Where in a run a node is computed. */
export interface Place {
  readonly node: Node
  readonly operands: readonly Tensor<'float32'>[]
  /** The node on other operands. */
  readonly again: (operands: readonly Tensor<'float32'>[]) => Promise<Float32Array>
  /** Numbers that outlive a node and a run, zero at first: the backend's own memory. */
  readonly memory: Map<string, Float32Array>
  /** Where a value comes from. */
  readonly producer: (id: NodeId) => Node
  /** Whether the caller asked for this value. */
  readonly exposed: (id: NodeId) => boolean
}

/** A copy of a backend that fuses, computes node by node, and does each as the reference would, but for the fault. */
export function planted(fault: Fault): Backend {
  return {
    name: 'planted',
    probe: async () => ({ available: true, features: [], reasons: [] }),
    compile: (graph, params, options) => compile(fault, graph, params, options),
  }
}

async function compile(
  fault: Fault,
  graph: Graph,
  params: Network['params'],
  options?: CompileOptions,
): Promise<Executable> {
  const network = optimize(prepare(graph, params, options))
  const nodes = nodeIndex(network.graph)
  const units = new Map<NodeId, Executable>()
  for (const node of network.graph.nodes) {
    if (node.op.kind !== 'input') units.set(node.id, await unit(network, node, fault.op?.(node) ?? node.op))
  }
  const memory = new Map<string, Float32Array>()
  const outputs = new Set(network.graph.outputs)

  let disposed = false
  function assertAlive(): void {
    if (disposed) throw new DisposedError({ where: 'planted', expected: 'one in use', found: 'a disposed one' })
  }

  async function run(inputs: Inputs, { signal }: RunOptions = {}): Promise<Outputs> {
    assertAlive()
    signal?.throwIfAborted()
    const bound = bindInputs(network.graph, inputs)
    const values = new Map<NodeId, Tensor<'float32'>>()
    for (const node of network.graph.nodes) {
      if (node.op.kind === 'input') {
        const { data, shape } = bound.get(node.id) as Tensor
        values.set(node.id, { dtype: 'float32', shape, data: Float32Array.from(data) })
        continue
      }
      const operands = node.inputs.map(id => values.get(id) as Tensor<'float32'>)
      const again = (given: readonly Tensor<'float32'>[]): Promise<Float32Array> =>
        computed(units.get(node.id) as Executable, given)
      const data = await again(operands)
      const producer = (id: NodeId): Node => nodes.get(id) as Node
      await fault.value?.(data, { node, operands, again, memory, producer, exposed: id => outputs.has(id) })
      values.set(node.id, { dtype: 'float32', shape: node.shape, data })
    }
    const named = network.graph.outputs.map(id => [nodes.get(id)?.name, values.get(id)] as const)
    return Object.fromEntries(named) as Outputs
  }

  return {
    run,
    async profile(inputs): Promise<readonly LayerTiming[]> {
      assertAlive()
      await run(inputs)
      const computing = network.graph.nodes.filter(node => node.op.kind !== 'input')
      return computing.map(node => ({ name: node.name, nodes: originsOf(node), kernel: 'planted', milliseconds: 0 }))
    },
    async [Symbol.asyncDispose]() {
      disposed = true
    },
  }
}

/** One node as a graph of its own, on the reference. */
function unit({ params, graph }: Network, node: Node, op: Op): Promise<Executable> {
  const nodes = nodeIndex(graph)
  const inputs = node.inputs.map((id, index): Node => {
    const { shape } = nodes.get(id) as Node
    return { id: index, op: { kind: 'input' }, inputs: [], shape, dtype: 'float32', name: `operand ${index}` }
  })
  const ids = inputs.map(input => input.id)
  const own: Node = { ...node, op, id: ids.length, inputs: ids, name: 'result' }
  return reference().compile({ nodes: [...inputs, own], inputs: ids, outputs: [own.id] }, params)
}

async function computed(executable: Executable, operands: readonly Tensor<'float32'>[]): Promise<Float32Array> {
  const outputs = await executable.run(Object.fromEntries(operands.map((value, index) => [`operand ${index}`, value])))
  return outputs['result']?.data as Float32Array
}

import {
  type Backend,
  createSession,
  type Network,
  type Node,
  type NodeId,
  type Signal,
  type Tensor,
  type TypedArray,
} from '@depthwise/core'
import { isProduct, nodeIndex } from '@depthwise/core/backend'
import { Extremes, Histogram } from './histogram.ts'
import { OperandStatistics } from './operand-statistics.ts'
import { layoutOf, windowOf } from './product-layout.ts'

/** What was seen of the values of a network while it ran on images. */
export interface Observation {
  readonly histograms: ReadonlyMap<NodeId, Histogram>
  /** The largest value of each channel, at least 0, of what products compute. */
  readonly peaks: ReadonlyMap<NodeId, Float64Array>
  /** What products multiply by their weights, by the id of the product. */
  readonly operands: ReadonlyMap<NodeId, OperandStatistics>
}

/** Where networks run while they are observed. */
export interface Runner {
  readonly backends: readonly Backend[]
  readonly signal?: Signal | undefined
}

/** A network that shows values inside of it, for one image a run. */
export interface ExposedNetwork extends AsyncDisposable {
  readonly backend: string
  run(input: TypedArray): Promise<(id: NodeId) => Tensor>
}

/** Compiles a network so that runs give the values of these nodes. */
export async function expose(
  { graph, params }: Network,
  ids: readonly NodeId[],
  { backends, signal }: Runner,
): Promise<ExposedNetwork> {
  const nodes = nodeIndex(graph)
  const nameOf = (id: NodeId): string => (nodes.get(id) as Node).name
  const input = nameOf(graph.inputs[0] as NodeId)
  const session = await createSession(graph, params, { backends, batch: 1, expose: ids, ...(signal && { signal }) })
  return {
    backend: session.backend,
    async run(values) {
      const outputs = await session.run({ [input]: values }, signal && { signal })
      return id => outputs[nameOf(id)] as Tensor
    },
    [Symbol.asyncDispose]: () => session.dispose(),
  }
}

/**
 * Runs a network on images twice: for the extremes of its values, and then, between these, for their histograms and for what
 * products multiply. The values of one image are held at a time.
 * @param ranges the values whose ranges are wanted
 * @param images bytes of the network's input
 */
export async function observe(
  network: Network,
  ranges: readonly NodeId[],
  images: readonly Uint8Array[],
  runner: Runner,
  step: () => void = () => {},
): Promise<Observation> {
  const nodes = nodeIndex(network.graph)
  const products = network.graph.nodes.filter(({ op }) => isProduct(op))
  const read = products.map(({ inputs }) => inputs[0] as NodeId)
  const wanted = new Set([...ranges, ...read, ...products.map(({ id }) => id)])
  await using exposed = await expose(network, [...wanted], runner)

  const extremes = new Map(ranges.map(id => [id, new Extremes()]))
  const peaks = new Map(products.map(({ id, shape }) => [id, new Float64Array(shape.at(-1) as number)]))
  for (const image of images) {
    const at = await exposed.run(image)
    for (const [id, each] of extremes) each.add(at(id).data)
    for (const [id, peak] of peaks) raise(peak, at(id).data)
    step()
  }

  const histograms = new Map([...extremes].map(([id, bounds]) => [id, new Histogram(bounds)]))
  const operands = new Map(products.map(product => [product.id, statisticsOf(product, nodes)]))
  for (const image of images) {
    const at = await exposed.run(image)
    for (const [id, histogram] of histograms) histogram.add(at(id).data)
    for (const { id, inputs } of products) operands.get(id)?.add(at(inputs[0] as NodeId).data)
    step()
  }
  return { histograms, peaks, operands }
}

function statisticsOf({ op, inputs, shape }: Node, nodes: ReadonlyMap<NodeId, Node>): OperandStatistics {
  if (!isProduct(op)) throw new TypeError('a product')
  const operand = (nodes.get(inputs[0] as NodeId) as Node).shape
  return new OperandStatistics(layoutOf(op, operand.at(-1) as number), windowOf(op, operand, shape))
}

function raise(peaks: Float64Array, data: ArrayLike<number>): void {
  for (let i = 0; i < data.length; ) {
    for (let c = 0; c < peaks.length; c++, i++) if (data[i]! > peaks[c]!) peaks[c] = data[i]!
  }
}

import type { Graph, Node } from '@depthwise/core'
import { nodeIndex, paramSpecs, verify, withoutDeadNodes } from '@depthwise/core/backend'
import { byteSizes, type CostDType, type StoredAs, weightBytes } from './bytes.ts'
import { checkOption } from './check-option.ts'
import { type Cost, costOfLayer, exact, intensity, type LayerCost, type Terms } from './layer.ts'
import { countOperations, type OperationConvention, operationConventions } from './operations.ts'
import { countParams, type ParamConvention, uniqueParams } from './parameters.ts'
import { mapRecord } from './records.ts'
import type { ElementClass, ElementCounts } from './work.ts'

/** Under which terms a network is costed. They change bytes and `operations`; MACs, FLOPs and parameters stay. */
export interface CostOptions {
  /** What weights and activations are stored as, for everything in bytes. Default `float32`. */
  readonly dtype?: CostDType
  /** How `operations` are counted. Default `paper`. */
  readonly convention?: OperationConvention
}

/** The cost of a network. A parameter that several layers share counts once here, and in each of them. */
export interface TotalCost extends Cost {
  readonly operationsBy: Readonly<Record<OperationConvention, number>>
  readonly elements: ElementCounts
  readonly paramsBy: Readonly<Record<ParamConvention, number>>
  /** What is computed in each type, by what the layers' values are stored as; types without a layer are left out. */
  readonly byDType: Readonly<Partial<Record<StoredAs, DTypeCost>>>
}

/** The share of one type. A parameter that several layers share counts in each of them. */
export interface DTypeCost extends Pick<Cost, 'macs' | 'operations' | 'weightBytes'> {
  /** Bytes of the layers' values, written once. */
  readonly writtenBytes: number
}

/** What `cost` returns: the terms, the whole network, and each layer. */
export interface CostReport extends Terms {
  readonly total: TotalCost
  /** In the order of the graph, without nodes that no output needs. */
  readonly layers: readonly LayerCost[]
}

/**
 * What a graph costs, layer by layer and in total, for the batch it was built with. It needs no weights, and a graph that
 * core's passes have folded and fused costs the MACs it had before.
 *
 * ```ts
 * const b = new GraphBuilder()
 * const stem = b.conv2d(b.input([1, 224, 224, 3]), { filters: 32, kernel: 3, strides: 2 })
 * cost(b.build([stem])).total.macs // 10838016
 * ```
 * @throws OptionError for an unknown dtype or convention; GraphError or ShapeError naming the node of a broken graph;
 * WeightsError naming a parameter that is wanted in two shapes
 */
export function cost(graph: Graph, { dtype = 'float32', convention = 'paper' }: CostOptions = {}): CostReport {
  checkOption('dtype', dtype, byteSizes)
  checkOption('convention', convention, operationConventions)
  verify(graph)
  const alive = withoutDeadNodes(graph)
  const nodes = nodeIndex(alive)
  const layers = alive.nodes.map(node => {
    const operands = node.inputs.map(id => nodes.get(id) as Node)
    return costOfLayer(node, operands, { dtype, convention })
  })
  return { dtype, convention, total: totalOf(alive, layers, { dtype, convention }), layers }
}

function totalOf(graph: Graph, layers: readonly LayerCost[], { dtype, convention }: Terms): TotalCost {
  const sum = (count: (layer: LayerCost) => number): number => layers.reduce((total, layer) => total + count(layer), 0)
  const flops = exact(
    sum(layer => layer.flops),
    'graph',
  )
  const operationsBy = mapRecord(operationConventions, weights => sum(layer => countOperations(layer, weights)))
  const paramsBy = countParams(graph)
  const weights = weightBytes(uniqueParams(paramSpecs(graph)), dtype)
  const traffic = {
    read: sum(layer => layer.activationBytes.read),
    written: sum(layer => layer.activationBytes.written),
  }
  return {
    macs: sum(layer => layer.macs),
    flops,
    operations: operationsBy[convention],
    operationsBy,
    elements: sumElements(layers),
    params: paramsBy.trainable,
    paramsBy,
    byDType: sumByDType(layers),
    weightBytes: weights,
    activationBytes: traffic,
    intensity: intensity(flops, weights, traffic),
  }
}

function sumByDType(layers: readonly LayerCost[]): TotalCost['byDType'] {
  const totals: Partial<Record<StoredAs, DTypeCost>> = {}
  for (const { dtype, macs, operations, weightBytes, activationBytes, kind } of layers) {
    if (kind === 'input') continue
    const before = totals[dtype] ?? { macs: 0, operations: 0, weightBytes: 0, writtenBytes: 0 }
    totals[dtype] = {
      macs: before.macs + macs,
      operations: before.operations + operations,
      weightBytes: before.weightBytes + weightBytes,
      writtenBytes: before.writtenBytes + activationBytes.written,
    }
  }
  return totals
}

function sumElements(layers: readonly LayerCost[]): ElementCounts {
  const totals: Partial<Record<ElementClass, number>> = {}
  for (const { elements } of layers) {
    for (const [name, count] of Object.entries(elements) as [ElementClass, number][]) {
      totals[name] = (totals[name] ?? 0) + count
    }
  }
  return totals
}

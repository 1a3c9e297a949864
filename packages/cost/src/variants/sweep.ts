import { type Graph, OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import type { CostDType } from '../bytes.ts'
import { cost } from '../cost.ts'
import { foldedGraph } from '../folded-graph.ts'
import { memory } from '../memory/memory.ts'
import type { Schedule } from '../memory/scratch.ts'
import type { Machine } from '../roofline/machine.ts'
import { predict } from '../roofline/predict.ts'
import { type PublishedNetwork, type PublishedVariant, publishedVariants } from './published.ts'

/** What a variant is built from. */
export interface VariantOptions {
  readonly network: PublishedNetwork
  readonly alpha: number
  /** Rows and columns of the input. */
  readonly resolution: number
  /** Whose rules the network follows. */
  readonly preset: 'keras' | 'torch' | 'slim'
  readonly classes: number
}

/** Makes the graph of a variant: `buildArchitecture` of `@depthwise/models`, or a builder of your own. */
export type BuildVariant = (variant: VariantOptions) => Graph

/** Which networks are costed, and how. */
export interface SweepOptions {
  readonly build: BuildVariant
  /** Default: both. */
  readonly networks?: readonly PublishedNetwork[]
  /** With `resolutions`, every pair of the two; both absent, the published variants. */
  readonly alphas?: readonly number[]
  readonly resolutions?: readonly number[]
  /** Default `keras`. */
  readonly preset?: VariantOptions['preset']
  /** Default 1000. */
  readonly classes?: number
  /** What weights and activations are stored as. Default `float32`. */
  readonly dtype?: CostDType
  /** For `peakBytes`. Default `layers`. */
  readonly schedule?: Schedule
  /** Where `milliseconds` are foretold for; absent, there are none. */
  readonly machine?: Machine
}

/** One network of a sweep. Plain data. */
export interface Variant {
  readonly network: PublishedNetwork
  readonly alpha: number
  readonly resolution: number
  readonly macs: number
  /** Trainable. */
  readonly params: number
  /** Once batch norm is folded. */
  readonly weightBytes: number
  /** Most activations in memory at once. */
  readonly peakBytes: number
  /** Foretold, of one run; null without a machine, or where some node cannot be costed. */
  readonly milliseconds: number | null
  /** Percent, as published for this very variant; null where nobody published it. */
  readonly top1: number | null
  readonly top5: number | null
  readonly source: string | null
}

/**
 * What a family of networks costs: alpha × resolution × version, with the accuracies that were published beside.
 * @throws OptionError for an alpha or a resolution that is out of its domain, GraphError for one that leaves no network
 */
export function sweep(options: SweepOptions): readonly Variant[] {
  const { build, preset = 'keras', classes = 1000, dtype = 'float32', schedule = 'layers', machine } = options
  return variantsOf(options).map(({ network, alpha, resolution }) => {
    const graph = build({ network, alpha, resolution, preset, classes })
    const { total } = cost(graph, { dtype })
    const accuracy = publishedVariants.find(
      each => each.network === network && each.alpha === alpha && each.resolution === resolution,
    )
    const { top1 = null, top5 = null, source = null } = accuracy ?? {}
    const prediction = machine && predict(graph, machine)
    return {
      network,
      alpha,
      resolution,
      macs: total.macs,
      params: total.params,
      weightBytes: cost(foldedGraph(graph), { dtype }).total.weightBytes,
      peakBytes: memory(graph, { schedule, dtype }).peakBytes,
      milliseconds: prediction && prediction.uncosted.length === 0 ? prediction.milliseconds : null,
      top1,
      top5,
      source,
    }
  })
}

type Named = Pick<PublishedVariant, 'network' | 'alpha' | 'resolution'>

function variantsOf({
  networks = ['mobilenet_v1', 'mobilenet_v2'],
  alphas,
  resolutions,
}: SweepOptions): readonly Named[] {
  for (const [name, values] of Object.entries({ networks, alphas, resolutions })) {
    if (values && (!Array.isArray(values) || values.length === 0)) {
      throw new OptionError({ where: `option ${name}`, expected: 'a list of at least one', found: show(values) })
    }
  }
  // Where only one of the two is given, the other one's published values go with it.
  const own = (network: Named['network'], of: 'alpha' | 'resolution'): readonly number[] =>
    [...new Set(publishedVariants.filter(each => each.network === network).map(each => each[of]))].toSorted(
      (a, b) => b - a,
    )
  return networks.flatMap(network => {
    if (!alphas && !resolutions) return publishedVariants.filter(each => each.network === network)
    return (alphas ?? own(network, 'alpha')).flatMap(alpha =>
      (resolutions ?? own(network, 'resolution')).map(resolution => ({ network, alpha, resolution })),
    )
  })
}

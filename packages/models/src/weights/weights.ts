import { FormatError, type Graph, type Params, type Tensor, WeightsError } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import type { Architecture } from '../networks/architecture.ts'
import { networks } from '../networks/networks.ts'
import type { Naming, WeightNames } from '../networks/weight-names.ts'
import { allNames } from './all-names.ts'
import { alphaOf, type FoundWidth } from './alpha.ts'
import { layersOf, type WeightedLayer } from './layers.ts'
import { relaid } from './layout.ts'

/** Bare weights of a known network: what a file holds that has no graph. */
export interface Weights {
  readonly naming: Naming
  /** What to build for them: `buildArchitecture` takes it. */
  readonly architecture: Architecture
  /**
   * The parameters of a graph, out of the file. The graph has the builders' node names; it may leave the classifier off.
   * @throws WeightsError naming the tensor that is missing or of another shape
   */
  onto(graph: Graph): Params
}

/**
 * Finds out which network a file's tensors belong to, from their names and shapes: torchvision's, timm's, Hugging Face's or
 * Keras' names for MobileNet V1 and V2, also behind a prefix that all share (`module.`). A file does not say at which
 * resolution it was trained, nor how its network pads; the preset is what the library does.
 * @param file what readers of bare weights return: tensors by the names of the file, in its layout
 * @param naming whose names they are, where that is known
 * @throws FormatError when no naming fits, or the widths are those of no alpha
 */
export function weightsOf(file: { readonly tensors: Params }, naming?: Naming): Weights {
  const { tensors } = file
  for (const names of allNames) {
    if (naming !== undefined && names.naming !== naming) continue
    const prefix = prefixOf(tensors, names)
    if (prefix !== null) return new NamedWeights(tensors, names, prefix)
  }
  const expected = naming === undefined ? 'the names of torchvision, timm, Hugging Face or Keras' : `names of ${naming}`
  const some = [...tensors.keys()].slice(0, 3).map(name => `"${name.slice(0, 80)}"`)
  throw new FormatError({ where: 'weights', expected, found: some.join(', ') || 'no tensors' })
}

/** What stands before these names, or null where its signs are missing. */
function prefixOf(tensors: Params, { signs: [stem, other] }: WeightNames): string | null {
  for (const name of tensors.keys()) {
    const prefix = name.slice(0, -stem.length)
    if (name.endsWith(stem) && (prefix === '' || /[./]$/.test(prefix)) && tensors.has(prefix + other)) return prefix
  }
  return null
}

class NamedWeights implements Weights {
  readonly naming: Naming
  readonly architecture: Architecture
  readonly #tensors: Params
  readonly #names: WeightNames
  readonly #prefix: string

  constructor(tensors: Params, names: WeightNames, prefix: string) {
    this.naming = names.naming
    this.#tensors = tensors
    this.#names = names
    this.#prefix = prefix
    this.architecture = this.#architecture()
  }

  onto(graph: Graph): Params {
    const places = new Map<string, string>()
    for (const layer of layersOf(this.#names.network)) {
      const [product, norm] = this.#names.place(layer)
      for (const node of layer.nodes) places.set(node, product)
      if (layer.norm !== null) places.set(layer.norm, norm)
    }
    const params = new Map<string, Tensor>()
    for (const spec of paramSpecs(graph)) {
      const place = places.get(spec.node.name)
      if (place === undefined) {
        const found = `"${spec.node.name}"`
        throw new WeightsError({
          where: `parameter "${spec.name}"`,
          expected: `a node of ${this.#names.network}`,
          found,
        })
      }
      const candidates = this.#candidates(place, spec.role)
      const name = candidates.find(candidate => this.#tensors.has(candidate))
      if (name === undefined) {
        const expected = `tensor ${candidates.map(candidate => `"${candidate}"`).join(' or ')}`
        throw new WeightsError({ where: `parameter "${spec.name}"`, expected, found: 'no such tensor in the file' })
      }
      params.set(spec.name, relaid(this.#tensors.get(name) as Tensor, name, spec, this.#names.layout))
    }
    return params
  }

  #architecture(): Architecture {
    const { network, preset, naming } = this.#names
    const layers = layersOf(network)
    const width = networks[network].presets[preset].width
    const widths = layers.flatMap((each): FoundWidth[] => {
      const outputs = each.layer?.kind === 'convolution' ? each.layer.outputs : undefined
      const found = this.#outputs(each)
      if (outputs === undefined || 'times' in outputs || outputs.tellsAlpha === false || found === undefined) return []
      return [{ channels: outputs.channels, rule: outputs.rule ?? width, found }]
    })
    return {
      network,
      alpha: alphaOf(widths, network),
      preset,
      classes: this.#outputs(layers.at(-1) as WeightedLayer) ?? 0,
      ...this.#depthMultiplier(layers),
      // These three leave softmax to the loss; Keras' applications have it in the network.
      ...(naming === 'keras' ? {} : { classifierActivation: null }),
    }
  }

  /** Only Keras writes one: the last extent of its depthwise kernels. */
  #depthMultiplier(layers: readonly WeightedLayer[]): Pick<Architecture, 'depthMultiplier'> {
    const { network, layout } = this.#names
    if (!networks[network].hasDepthMultiplier || layout === 'outputs first') return {}
    const depthMultiplier = this.#outputs(layers.find(({ part }) => part === 'depthwise') as WeightedLayer) ?? 1
    return depthMultiplier === 1 ? {} : { depthMultiplier }
  }

  /** Outputs of a layer by its weights, or undefined where the file has none for it. */
  #outputs(layer: WeightedLayer): number | undefined {
    const [place] = this.#names.place(layer)
    const name = this.#candidates(place, 'weights').find(candidate => this.#tensors.has(candidate))
    const shape = name === undefined ? undefined : this.#tensors.get(name)?.shape
    return this.#names.layout === 'outputs first' ? shape?.[0] : shape?.at(-1)
  }

  /** Names a tensor may have: Hugging Face keeps the classifier outside the module that it calls after the network. */
  #candidates(place: string, role: keyof WeightNames['suffixes']): readonly string[] {
    const outer = this.#prefix.replace(new RegExp(`${this.#names.network}\\.$`), '')
    const starts = new Set([this.#prefix, outer])
    return [...starts].flatMap(start => this.#names.suffixes[role].map(suffix => `${start}${place}${suffix}`))
  }
}

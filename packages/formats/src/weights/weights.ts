import {
  type Architecture,
  FormatError,
  type Graph,
  type Params,
  paramSpecs,
  type Tensor,
  WeightsError,
} from '@depthwise/core'
import { alphaOf, type Width } from './alpha.ts'
import { type Layer, layersOf } from './layers.ts'
import { relaid } from './layout.ts'
import { type Naming, type Scheme, schemes } from './namings.ts'

/** Bare weights of a known network: what a file holds that has no graph. */
export interface Weights {
  readonly naming: Naming
  /** What to build for them: `buildArchitecture` of the models package takes it. */
  readonly architecture: Architecture
  /**
   * The parameters of a graph, out of the file. The graph has the builders' node names; it may leave the classifier off.
   * @throws WeightsError naming the tensor that is missing or of another shape
   */
  onto(graph: Graph): Params
}

/** What readers of bare weights return. */
export interface WeightsFile {
  readonly tensors: ReadonlyMap<string, Tensor>
}

/**
 * Finds out which network a file's tensors belong to, from their names and shapes: torchvision's, timm's, Hugging Face's or
 * Keras' names for MobileNet V1 and V2, also behind a prefix that all share (`module.`). A file does not say at which
 * resolution it was trained, nor how its network pads; the preset is what the library does.
 * @param naming whose names they are, where that is known
 * @throws FormatError when no naming fits, or the widths are those of no alpha
 */
export function weightsOf(file: WeightsFile, naming?: Naming): Weights {
  const { tensors } = file
  for (const scheme of schemes) {
    if (naming !== undefined && scheme.naming !== naming) continue
    const prefix = prefixOf(tensors, scheme)
    if (prefix !== null) return new NamedWeights(tensors, scheme, prefix)
  }
  const expected = naming === undefined ? 'the names of torchvision, timm, Hugging Face or Keras' : `names of ${naming}`
  const some = [...tensors.keys()].slice(0, 3).map(name => `"${name.slice(0, 80)}"`)
  throw new FormatError({ where: 'weights', expected, found: some.join(', ') || 'no tensors' })
}

/** What stands before the names of a scheme, or null where its signs are missing. */
function prefixOf(tensors: ReadonlyMap<string, Tensor>, { signs: [stem, other] }: Scheme): string | null {
  for (const name of tensors.keys()) {
    const prefix = name.slice(0, -stem.length)
    if (name.endsWith(stem) && (prefix === '' || /[./]$/.test(prefix)) && tensors.has(prefix + other)) return prefix
  }
  return null
}

class NamedWeights implements Weights {
  readonly naming: Naming
  readonly architecture: Architecture
  readonly #tensors: ReadonlyMap<string, Tensor>
  readonly #scheme: Scheme
  readonly #prefix: string

  constructor(tensors: ReadonlyMap<string, Tensor>, scheme: Scheme, prefix: string) {
    this.naming = scheme.naming
    this.#tensors = tensors
    this.#scheme = scheme
    this.#prefix = prefix
    this.architecture = this.#architecture()
  }

  onto(graph: Graph): Params {
    const places = new Map<string, string>()
    for (const layer of layersOf[this.#scheme.network]()) {
      const [product, norm] = this.#scheme.place(layer)
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
          expected: `a node of ${this.#scheme.network}`,
          found,
        })
      }
      const candidates = this.#candidates(place, spec.role)
      const name = candidates.find(candidate => this.#tensors.has(candidate))
      if (name === undefined) {
        const expected = `tensor ${candidates.map(candidate => `"${candidate}"`).join(' or ')}`
        throw new WeightsError({ where: `parameter "${spec.name}"`, expected, found: 'no such tensor in the file' })
      }
      params.set(spec.name, relaid(this.#tensors.get(name) as Tensor, name, spec, this.#scheme.layout))
    }
    return params
  }

  #architecture(): Architecture {
    const { network, preset, naming } = this.#scheme
    const layers = layersOf[network]()
    const widths = layers.flatMap((layer): Width[] => {
      const { channels, whole = false } = layer
      const found = this.#outputs(layer)
      return channels === undefined || found === undefined ? [] : [{ channels, found, whole }]
    })
    return {
      network,
      alpha: alphaOf(widths, this.#scheme),
      preset,
      classes: this.#outputs(layers.at(-1) as Layer) ?? 0,
      ...this.#depthMultiplier(layers),
      // These three leave softmax to the loss; Keras' applications have it in the network.
      ...(naming === 'keras' ? {} : { classifierActivation: null }),
    }
  }

  /** Only Keras' V1 has one; the last extent of its depthwise kernels. */
  #depthMultiplier(layers: readonly Layer[]): Pick<Architecture, 'depthMultiplier'> {
    const { network, layout } = this.#scheme
    if (network !== 'mobilenet_v1' || layout === 'outputs first') return {}
    const depthMultiplier = this.#outputs(layers.find(({ part }) => part === 'depthwise') as Layer) ?? 1
    return depthMultiplier === 1 ? {} : { depthMultiplier }
  }

  /** Outputs of a layer by its weights, or undefined where the file has none for it. */
  #outputs(layer: Layer): number | undefined {
    const [place] = this.#scheme.place(layer)
    const name = this.#candidates(place, 'weights').find(candidate => this.#tensors.has(candidate))
    const shape = name === undefined ? undefined : this.#tensors.get(name)?.shape
    return this.#scheme.layout === 'outputs first' ? shape?.[0] : shape?.at(-1)
  }

  /** Names a tensor may have: Hugging Face keeps the classifier outside the module that it calls after the network. */
  #candidates(place: string, role: keyof Scheme['suffixes']): readonly string[] {
    const outer = this.#prefix.replace(new RegExp(`${this.#scheme.network}\\.$`), '')
    const starts = new Set([this.#prefix, outer])
    return [...starts].flatMap(start => this.#scheme.suffixes[role].map(suffix => `${start}${place}${suffix}`))
  }
}

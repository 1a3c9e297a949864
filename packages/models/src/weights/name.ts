import { type Network, OptionError, type Params, WeightsError } from '@depthwise/core'
import { type ParamSpec, paramSpecs } from '@depthwise/core/backend'
import type { Naming, WeightNames } from '../networks/weight-names.ts'
import { allNames } from './all-names.ts'
import { layersOf, type WeightedLayer } from './layers.ts'
import { stored } from './layout.ts'

/**
 * The parameters of a network under the names and in the layout of a library: what `weightsOf(file, naming).onto(graph)`
 * reads back. Names say what to build, not how it pads or what epsilon it has: that the library builds this very network is
 * for the caller to know.
 * @param network whose nodes are named as the builders name them, batch norms not folded
 * @throws OptionError for a library that has no such network; WeightsError for other nodes, a folded batch norm, a parameter
 * that is missing
 */
export function nameWeights({ graph, params }: Network, naming: Naming): Params {
  const specs = paramSpecs(graph)
  const names = namesFor(specs, naming)
  const layers = new Map(
    layersOf(names.network).flatMap(layer =>
      [...layer.nodes, layer.norm].flatMap(node => (node === null ? [] : [[node, layer] as const])),
    ),
  )
  const classified = specs.some(spec => layers.get(spec.node.name)?.part === 'classifier')
  // Hugging Face puts the network into a module of its own as soon as a classifier stands beside it.
  const outer = naming === 'huggingface' && classified ? `${names.network}.` : ''
  return new Map(
    specs.map(spec => {
      const layer = layers.get(spec.node.name)
      if (layer === undefined) throw unknownNode(spec, `a node of ${names.network}, named as Keras names it`)
      const [product, norm] = names.place(layer)
      const isProduct = layer.nodes.includes(spec.node.name)
      const value = params.get(spec.name)
      if (value === undefined) {
        throw new WeightsError({ where: `parameter "${spec.name}"`, expected: 'a tensor', found: 'none' })
      }
      checkUnfolded(spec, layer, naming)
      const isClassifier = layer.part === 'classifier'
      const name = `${isClassifier ? '' : outer}${isProduct ? product : norm}${names.suffixes[spec.role][0]}`
      return [name, stored(value, spec, names.layout, isClassifier)]
    }),
  )
}

/** The names of a library for the network whose stem these parameters have. */
function namesFor(specs: readonly ParamSpec[], naming: Naming): WeightNames {
  const nodes = new Set(specs.map(spec => spec.node.name))
  const fits = allNames.filter(({ network }) => {
    const [stem] = layersOf(network) as readonly [WeightedLayer, ...WeightedLayer[]]
    return [...stem.nodes, stem.norm as string].some(name => nodes.has(name))
  })
  const [any] = fits
  if (any === undefined) {
    const [first] = specs
    if (first) throw unknownNode(first, 'the stem of a MobileNet, named as Keras names it')
    throw new WeightsError({ where: 'network', expected: 'one with parameters', found: 'none' })
  }
  const names = fits.find(candidate => candidate.naming === naming)
  if (names) return names
  const others = [...new Set(fits.map(candidate => candidate.naming))]
  throw new OptionError({ where: 'naming', expected: `${others.join(', ')} for ${any.network}`, found: naming })
}

function unknownNode(spec: ParamSpec, expected: string): WeightsError {
  return new WeightsError({ where: `parameter "${spec.name}"`, expected, found: `"${spec.node.name}"` })
}

/** These libraries give no bias to what a batch norm follows; a product that holds its norm has one, or the norm's name. */
function checkUnfolded({ name, role, node }: ParamSpec, { norm }: WeightedLayer, naming: Naming): void {
  if (norm === null || !(role === 'bias' || (role === 'weights' && node.name === norm))) return
  throw new WeightsError({
    where: `parameter "${name}"`,
    expected: `a network whose batch norms stand for themselves, as ${naming} names them`,
    found: `"${norm}" folded into its layer`,
  })
}

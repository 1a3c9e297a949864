import { FormatError, type Graph, GraphBuilder, OptionError, type Shape, type Value } from '@depthwise/core'
import { type Size2, sameShape, show } from '@depthwise/core/backend'
import { mobileNetV2Spec } from '../networks/mobilenet-v2.ts'
import type { Layer, Place } from '../networks/spec.ts'

/** One layer as a manifest lists it. */
export interface ListedLayer {
  readonly name: string
  /** OHWI, of a depthwise layer 1HWC, of the classifier `[classes, features]`. */
  readonly weightShape: Shape
}

/** What a manifest leaves unsaid. */
export interface ManifestGraphOptions {
  /** Rows and columns of the input; one number for a square. Default 224. */
  readonly resolution?: number | Size2
}

const classifierName = 'Logits'
const ends: Readonly<Record<string, Place['part']>> = { Conv: 'stem', Conv_1: 'head', [classifierName]: 'classifier' }

/**
 * The graph of the layers that a manifest lists, for `readManifest` of `@depthwise/formats`: MobileNet V2 with its batch norm
 * folded, as TensorFlow's examples for other runtimes publish it. It has biases in place of batch norm, TensorFlow's SAME
 * padding, and any widths. Nodes have the names of the layers, parameters those of `NAME/weights` and `NAME/bias`. The input
 * is `input`, RGB in [-1, 1], NHWC; the graph ends at the logits, `Logits`, or without that layer at the pooled features.
 * @throws OptionError for a resolution that is none; FormatError for layers in another order, or that do not follow from one
 * another
 */
export function manifestGraph(layers: readonly ListedLayer[], { resolution = 224 }: ManifestGraphOptions = {}): Graph {
  const size: Size2 = typeof resolution === 'number' ? [resolution, resolution] : resolution
  if (!size.every(extent => Number.isInteger(extent) && extent > 0 && extent <= 2 ** 14)) {
    const expected = 'rows and columns from 1 to 16384'
    throw new OptionError({ where: 'option resolution', expected, found: `${resolution}` })
  }
  const b = new GraphBuilder()
  let x = b.input([1, ...size, 3], { name: 'input' })
  let next = 0
  for (const { layers: specs, shortcut } of mobileNetV2Spec.blocks()) {
    const entry = x
    for (const spec of specs) {
      const layer = layerAt(layers, next++, spec)
      x = addLayer(b, x, layer, spec)
      // Such folders have no shortcut around the first block, even where its shapes would allow one.
      const isAdded = spec.part === 'project' && spec.block > 0 && shortcut !== undefined
      if (isAdded && sameShape(x.shape, entry.shape))
        x = b.add(x, entry, { name: layer.name.replace('project', 'add') })
    }
  }
  const pooled = b.globalAveragePool(x, { name: 'AvgPool' })
  const classifier = layers[next]
  if (classifier === undefined) return b.build([pooled])
  checkPlace(layers, next, { part: 'classifier', block: 0 })
  const extra = layers[next + 1]
  if (extra !== undefined) throw misplaced(extra, 'nothing more')
  return b.build([addClassifier(b, pooled, classifier)])
}

/** @throws FormatError where the list ends, or has another layer */
function layerAt(layers: readonly ListedLayer[], index: number, place: Place): ListedLayer {
  const layer = layers[index]
  if (layer === undefined) {
    throw new FormatError({
      where: 'manifest.json',
      expected: 'layers to the end of V2',
      found: `${layers.length}`,
    })
  }
  checkPlace(layers, index, place)
  return layer
}

function checkPlace(layers: readonly ListedLayer[], index: number, { part, block }: Place): void {
  const layer = layers[index] as ListedLayer
  const place = parsePlace(layer.name, index)
  if (place.part !== part || place.block !== block) throw misplaced(layer, `${part} ${block}`)
}

function misplaced({ name }: ListedLayer, expected: string): FormatError {
  return new FormatError({ where: 'manifest.json, field layers', expected, found: name })
}

function parsePlace(name: string, index: number): Place {
  const end = Object.hasOwn(ends, name) ? ends[name] : undefined
  if (end) return { part: end, block: 0 }
  const [, block = '0', part] = /^expanded_conv(?:_([1-9]\d?))?\/(expand|depthwise|project)$/.exec(name) ?? []
  if (part) return { part: part as Place['part'], block: Number(block) }
  const expected = 'Conv, expanded_conv_N/expand, .../depthwise, .../project, Conv_1 or Logits'
  throw new FormatError({ where: `manifest.json, layer ${index}`, expected, found: show(name) })
}

function addLayer(b: GraphBuilder, x: Value, { name, weightShape }: ListedLayer, spec: Layer): Value {
  const [outputs, kernel, width, depth, ...rest] = weightShape
  const channels = x.shape.at(-1) as number
  const isDepthwise = spec.kind === 'depthwise'
  const fits = isDepthwise ? outputs === 1 && depth === channels : depth === channels
  if (!(fits && kernel === width && rest.length === 0)) {
    const expected = isDepthwise ? `1 x k x k x ${channels}` : `filters x k x k x ${channels}`
    throw new FormatError({ where: `manifest.json, layer ${name}, weight_shape`, expected, found: `${weightShape}` })
  }
  const isLinear = spec.activation === null
  const window = {
    kernel: kernel as number,
    strides: spec.strides ?? 1,
    name: isLinear ? name : `${name}/linear`,
    ...paramsOf(name),
  }
  const y = isDepthwise ? b.depthwiseConv2d(x, window) : b.conv2d(x, { ...window, filters: outputs as number })
  return isLinear ? y : b.relu6(y, { name })
}

function addClassifier(b: GraphBuilder, x: Value, { name, weightShape }: ListedLayer): Value {
  const [classes, features, ...rest] = weightShape
  const channels = x.shape.at(-1) as number
  if (classes && features === channels && rest.length === 0) {
    return b.dense(x, { name, units: classes, ...paramsOf(name) })
  }
  const where = `manifest.json, layer ${name}, weight_shape`
  throw new FormatError({ where, expected: `classes x ${channels}`, found: `${weightShape}` })
}

const paramsOf = (name: string) => ({ weights: `${name}/weights`, bias: `${name}/bias` })

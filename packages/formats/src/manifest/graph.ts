import { FormatError, type Graph, GraphBuilder, type Size2, sameShape, type Value } from '@depthwise/core'
import type { ManifestLayer, Place } from './layers.ts'

const classifierName = 'Logits'
/** The blocks whose depthwise layer halves rows and columns (MobileNetV2, table 2). */
const halving: ReadonlySet<number> = new Set([1, 3, 6, 13])
const relu6 = { min: 0, max: 6 }

/**
 * MobileNet V2 as a manifest lists its layers: biases in place of batch norm, TensorFlow's SAME, ReLU6 behind all but the
 * projections, a residual wherever a block keeps its shape. It ends at the classifier's logits, or the pooled features.
 * @throws FormatError for layers in another order, or that do not follow from one another
 */
export function buildGraph(layers: readonly ManifestLayer[], size: Size2): Graph {
  const b = new GraphBuilder()
  let x = b.input([1, ...size, 3], { name: 'input' })
  let entry = x
  let previous: Place | null = null
  for (const layer of layers) {
    checkOrder(layer, previous)
    previous = layer.place
    if (startsBlock(layer.place)) entry = x
    x = addLayer(b, x, layer)
    const keeps = layer.place.part === 'project' && layer.place.block > 0 && sameShape(x.shape, entry.shape)
    if (keeps) x = b.add(x, entry, { name: layer.name.replace('project', 'add') })
  }
  if (previous?.part === 'head') x = b.globalAveragePool(x, { name: 'AvgPool' })
  if (previous?.part !== 'classifier' && previous?.part !== 'head') {
    throw new FormatError({ where: 'manifest.json', expected: 'layers to the end of V2', found: `${layers.length}` })
  }
  return b.build([x])
}

function addLayer(b: GraphBuilder, x: Value, layer: ManifestLayer): Value {
  const { name, place, weightShape } = layer
  const [outputs, kernel, width, depth, ...rest] = place.part === 'classifier' ? classifierExtents(layer) : weightShape
  const channels = x.shape.at(-1) as number
  const depthwise = place.part === 'depthwise'
  const fits = depthwise ? outputs === 1 && depth === channels : depth === channels
  if (!(fits && kernel === width && rest.length === 0)) {
    const expected = depthwise ? `1 x k x k x ${channels}` : `filters x k x k x ${channels}`
    throw new FormatError({ where: `manifest.json, layer ${name}, weight_shape`, expected, found: `${weightShape}` })
  }
  const clamp = place.part === 'project' || place.part === 'classifier' ? null : relu6
  const names = { weights: `${name}/weights`, bias: `${name}/bias` }
  if (place.part === 'classifier') {
    const pooled = b.globalAveragePool(x, { name: 'AvgPool' })
    return b.dense(pooled, { name, units: outputs as number, ...names })
  }
  const halves = place.part === 'stem' || (place.part === 'depthwise' && halving.has(place.block))
  const window = { kernel: kernel as number, strides: halves ? 2 : 1, name: clamp ? `${name}/linear` : name, ...names }
  const y = depthwise ? b.depthwiseConv2d(x, window) : b.conv2d(x, { ...window, filters: outputs as number })
  return clamp ? b.relu6(y, { name }) : y
}

function classifierExtents({ name, weightShape }: ManifestLayer): readonly number[] {
  const [classes, features, ...rest] = weightShape
  if (name === classifierName && classes && features && rest.length === 0) return [classes, 1, 1, features]
  const found = `${weightShape}`
  throw new FormatError({ where: `manifest.json, layer ${name}`, expected: 'classes x features', found })
}

function startsBlock(place: Place): boolean {
  return place.part === 'expand' || (place.part === 'depthwise' && place.block === 0)
}

/** Every place has one successor; only the classifier may be left off. */
function checkOrder({ name, place }: ManifestLayer, previous: Place | null): void {
  const expected = successor(previous)
  if (expected === `${place.part} ${place.block}`) return
  throw new FormatError({ where: 'manifest.json, field layers', expected, found: name })
}

function successor(place: Place | null): string {
  if (place === null) return 'stem 0'
  switch (place.part) {
    case 'stem':
      return 'depthwise 0'
    case 'expand':
      return `depthwise ${place.block}`
    case 'depthwise':
      return `project ${place.block}`
    case 'project':
      return place.block === 16 ? 'head 0' : `expand ${place.block + 1}`
    case 'head':
      return 'classifier 0'
    case 'classifier':
      return 'nothing more'
  }
}

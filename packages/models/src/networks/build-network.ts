import { DepthwiseError, type Graph, GraphBuilder, OptionError, type Value } from '@depthwise/core'
import { checkShape, paramSpecs, sameShape } from '@depthwise/core/backend'
import { type MobileNetV1Options, type Settings, settle } from './options.ts'
import type { Block, ConvolutionLayer, DepthwiseLayer, Layer, NetworkSpec, Width } from './spec.ts'

/**
 * Builds a network from its spec, and sees to it that every value and every parameter has an addressable size.
 * @throws OptionError for an option out of its domain, and for options that make a network that cannot be built, with the
 * layer at fault
 */
export function buildNetwork(spec: NetworkSpec, options: MobileNetV1Options): Graph {
  const net = settle(spec, options)
  try {
    const graph = new NetworkBuilder(net).network(spec.blocks())
    for (const { name, shape } of paramSpecs(graph)) checkShape(shape, `parameter "${name}"`)
    return graph
  } catch (error) {
    if (!(error instanceof DepthwiseError) || error instanceof OptionError) throw error
    throw new OptionError({
      where: `options alpha ${net.alpha} and input ${net.inputShape.join('x')}`,
      expected: 'a network whose layers can all be built',
      found: error.message,
      cause: error,
    })
  }
}

/** Builds blocks under the rules of a preset. */
class NetworkBuilder extends GraphBuilder {
  readonly #net: Settings

  constructor(net: Settings) {
    super()
    this.#net = net
  }

  network(blocks: readonly Block[]): Graph {
    const image = this.input([1, ...this.#net.inputShape], { name: 'input' })
    return this.build([this.#end(blocks.reduce((x, block) => this.#block(x, block), image))])
  }

  #block(x: Value, { layers, shortcut }: Block): Value {
    const y = layers.reduce((value, layer) => this.#layer(value, layer), x)
    return shortcut !== undefined && sameShape(x.shape, y.shape) ? this.add(x, y, { name: shortcut }) : y
  }

  #layer(x: Value, layer: Layer): Value {
    const y = layer.kind === 'depthwise' ? this.#depthwise(x, layer) : this.#convolution(x, layer)
    const normed = this.batchNorm(y, { name: layer.norm, epsilon: this.#net.rules.epsilon })
    return layer.activation === null ? normed : this.relu6(normed, { name: layer.activation })
  }

  #convolution(x: Value, { name, kernel = 1, strides = 1, outputs }: ConvolutionLayer): Value {
    const padding = kernel === 1 ? 'valid' : this.#net.rules.padding
    const filters = 'times' in outputs ? outputs.times * (x.shape[3] as number) : this.#width(outputs)
    return this.conv2d(x, { name, filters, kernel, strides, padding, bias: false })
  }

  #depthwise(x: Value, { name, strides, pad }: DepthwiseLayer): Value {
    const { rules, depthMultiplier: multiplier } = this.#net
    const pads = strides > 1 ? rules.padNode : null
    const [, height = 1, width = 1] = x.shape
    const padded = pads ? this.pad(x, [[0, 0], pads(height), pads(width), [0, 0]], { name: pad }) : x
    const padding = pads ? 'valid' : rules.padding
    return this.depthwiseConv2d(padded, { name, multiplier, kernel: 3, strides, padding, bias: false })
  }

  #width({ channels, rule = this.#net.rules.width }: Width): number {
    const { alpha } = this.#net
    const width = rule(channels, alpha)
    if (Number.isSafeInteger(width) && width > 0) return width
    throw new OptionError({
      where: 'option alpha',
      expected: 'one that leaves each layer a number of channels',
      found: `${alpha}, which makes ${width} of ${channels}`,
    })
  }

  /** What follows the last map: a classifier, a pool, or nothing. */
  #end(x: Value): Value {
    const { top, pooling } = this.#net
    if (top) return this.#classify(x, top)
    if (pooling === 'avg') return this.globalAveragePool(x, { name: 'global_average_pooling2d' })
    if (pooling === null) return x
    const [, height = 1, width = 1] = x.shape
    const largest = this.maxPool(x, { kernel: [height, width], padding: 'valid' })
    return this.flatten(largest, { name: 'global_max_pooling2d' })
  }

  /** Keras' names: V1's convolution is `conv_preds` and its softmax `predictions`; a dense layer is `predictions`. */
  #classify(x: Value, { classes, dropout, activation }: NonNullable<Settings['top']>): Value {
    const convolution = this.#net.rules.classifier === 'convolution'
    const pooled = this.globalAveragePool(x, { name: 'global_average_pooling2d', keepDims: convolution })
    const kept = dropout > 0 ? this.dropout(pooled, dropout, { name: 'dropout' }) : pooled
    if (!convolution) {
      const logits = this.dense(kept, { name: 'predictions', units: classes })
      return activation ? this.softmax(logits, { name: 'predictions_softmax' }) : logits
    }
    const scores = this.conv2d(kept, { name: 'conv_preds', filters: classes, kernel: 1 })
    const logits = this.reshape(scores, [classes], { name: 'reshape_2' })
    return activation ? this.softmax(logits, { name: 'predictions' }) : logits
  }
}

import {
  checkShape,
  DepthwiseError,
  type Graph,
  GraphBuilder,
  OptionError,
  paramSpecs,
  type Value,
} from '@depthwise/core'
import type { Settings } from './options.ts'

interface LayerNames {
  readonly name: string
  /** Of the batch norm. */
  readonly norm: string
  /** Of the ReLU6; without a name there is none, and the layer is linear. */
  readonly relu?: string
}
interface ConvolutionLayer extends LayerNames {
  readonly filters: number
  readonly kernel?: 1 | 3
  readonly strides?: number
}
interface DepthwiseLayer extends LayerNames {
  readonly strides: number
  /** Of the padding before a strided layer, where the preset has it as a node. */
  readonly pad: string
}

/** The layers that both networks are made of, under the rules of a preset. */
export class NetworkBuilder extends GraphBuilder {
  readonly #net: Settings

  constructor(net: Settings) {
    super()
    this.#net = net
  }

  image(): Value {
    return this.input([1, ...this.#net.inputShape], { name: 'input' })
  }

  /** Channels of a block, by the preset's rule or another one. */
  width(channels: number, rule = this.#net.rules.width[this.#net.network]): number {
    const { alpha } = this.#net
    const width = rule(channels, alpha)
    if (Number.isSafeInteger(width) && width > 0) return width
    throw new OptionError({
      where: 'option alpha',
      expected: 'one that leaves each layer a number of channels',
      found: `${alpha}, which makes ${width} of ${channels}`,
    })
  }

  /** Convolution, batch norm, ReLU6. */
  convolution(x: Value, { name, norm, relu, filters, kernel = 1, strides = 1 }: ConvolutionLayer): Value {
    const padding = kernel === 1 ? 'valid' : this.#net.rules.padding
    const y = this.conv2d(x, { name, filters, kernel, strides, padding, bias: false })
    return this.#normed(y, norm, relu)
  }

  /** Depthwise 3x3, batch norm, ReLU6. */
  depthwise(x: Value, { name, norm, relu, strides, pad }: DepthwiseLayer): Value {
    const { network, rules, depthMultiplier: multiplier } = this.#net
    const pads = strides > 1 ? rules.padNodes?.[network] : undefined
    const [, height = 1, width = 1] = x.shape
    const padded = pads ? this.pad(x, [[0, 0], pads(height), pads(width), [0, 0]], { name: pad }) : x
    const padding = pads ? 'valid' : rules.padding
    const y = this.depthwiseConv2d(padded, { name, multiplier, kernel: 3, strides, padding, bias: false })
    return this.#normed(y, norm, relu)
  }

  /** What stands behind the last map: a classifier, a pool, or nothing. */
  end(x: Value): Value {
    const { top, pooling } = this.#net
    if (top) return this.#classify(x, top)
    if (pooling === 'avg') return this.globalAveragePool(x, { name: 'global_average_pooling2d' })
    if (pooling === null) return x
    const [, height = 1, width = 1] = x.shape
    const largest = this.maxPool(x, { kernel: [height, width], padding: 'valid' })
    return this.flatten(largest, { name: 'global_max_pooling2d' })
  }

  #normed(x: Value, name: string, relu: string | undefined): Value {
    const y = this.batchNorm(x, { name, epsilon: this.#net.rules.epsilon })
    return relu === undefined ? y : this.relu6(y, { name: relu })
  }

  /** Keras' names: V1's convolution is `conv_preds` and its softmax `predictions`; a dense layer is `predictions`. */
  #classify(x: Value, { classes, dropout, activation }: NonNullable<Settings['top']>): Value {
    const { network, rules } = this.#net
    const convolution = rules.classifier[network] === 'convolution'
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

/**
 * Builds a network, and sees to it that every value and every parameter has an addressable size.
 * @throws OptionError when the options make a network that cannot be built, with the layer at fault
 */
export function assemble(net: Settings, layers: (b: NetworkBuilder) => Value): Graph {
  try {
    const b = new NetworkBuilder(net)
    const graph = b.build([layers(b)])
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

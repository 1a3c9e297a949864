import { GraphError } from '../errors.ts'
import type { BinaryOperator } from '../ops/binary.ts'
import { clampTo, relu, relu6 } from '../ops/clamp.ts'
import type { Bounds } from '../ops/definition.ts'
import { elementsOf } from '../ops/elements.ts'
import type { ResizeOp } from '../ops/resize.ts'
import { checkAttributes, elementRuleOf, inferShape, type Op, opTitle } from '../ops/table.ts'
import type { UnaryOperator } from '../ops/unary.ts'
import { type PaddingLike, resolvePadding, type Size2 } from '../ops/window.ts'
import { checkQuantization } from '../quantization.ts'
import { checkShape, type ElementType, elementCount, type Shape, type ValueType } from '../tensor.ts'
import { type Graph, type Node, type NodeId, nodeLabel } from './graph.ts'
import { verify } from './verify.ts'

/** A value under construction: what one call of the builder returns and the next takes. */
export interface Value extends ValueType {
  readonly id: NodeId
  readonly name: string
}

/** What every call of the builder takes. */
export interface Named {
  /** Unique in the graph; `KIND_N` where absent. Parameters are called `NAME/weights`, `NAME/bias`, ... */
  readonly name?: string
  /**
   * The element type of the result, where the operands do not imply it: of a quantized op, its scale and zero point. Default:
   * float32, or what the operand has where an op only moves values.
   */
  readonly elements?: ElementType
}

/** What slides over height and width: convolutions and pools. Pairs are `[height, width]`; one number stands for both. */
export interface WindowOptions extends Named {
  readonly kernel: number | Size2
  /** Default 1. */
  readonly strides?: number | Size2
  /** Default `'same'`, TensorFlow's. */
  readonly padding?: PaddingLike
}

/**
 * What multiplies by weights: convolutions and dense layers. Shapes of the parameters stand on the ops, as on
 * `Conv2dOp`.
 */
export interface ProductOptions {
  /** Whether a bias is added (default true), or its parameter's name. */
  readonly bias?: boolean | string
  /** The weights' parameter name, where it is not `NAME/weights`. */
  readonly weights?: string
}

/**
 * Of `conv2d`: `filters` output channels; dilations and groups are 1 where absent, and groups divide both channel
 * counts.
 */
export interface Conv2dOptions extends WindowOptions, ProductOptions {
  readonly filters: number
  readonly dilations?: number | Size2
  readonly groups?: number
}

/** Of `depthwiseConv2d`: `multiplier` output channels for each input channel, 1 where absent; dilations likewise. */
export interface DepthwiseConv2dOptions extends WindowOptions, ProductOptions {
  readonly multiplier?: number
  readonly dilations?: number | Size2
}

/** Of `dense`: `[batch, in]` to `[batch, units]`. */
export interface DenseOptions extends Named, ProductOptions {
  readonly units: number
}

/** Of `batchNorm`, in its inference form. Parameters are `[channels]`, called `NAME/gamma`, `NAME/mean` and so on. */
export interface BatchNormOptions extends Named {
  /** Default 1e-3, Keras'. */
  readonly epsilon?: number
  /** Whether there is a gamma (default true), or its parameter's name; beta likewise. */
  readonly scale?: boolean | string
  readonly center?: boolean | string
  readonly mean?: string
  readonly variance?: string
}

/** Of `resize`: `[height, width]` of the result, and how its pixels are found; `ResizeOp` says what the words mean. */
export interface ResizeOptions extends Named, Partial<Omit<ResizeOp, 'kind' | 'size'>> {
  readonly size: number | Size2
}

const pair = (value: number | Size2): Size2 => (typeof value === 'number' ? [value, value] : value)

function paramName(given: boolean | string | undefined, name: string, role: string): string | null {
  if (given === false) return null
  return typeof given === 'string' ? given : `${name}/${role}`
}

/**
 * Builds a graph one op at a time, each by the method of its name: `Conv2dOp` and its kin tell what they compute. Shapes are
 * inferred and checked on the spot, so that an error points at the line that caused it. All methods throw ShapeError for
 * operands whose shapes do not fit, GraphError for attributes outside their domain, names that are taken and values of
 * another builder.
 *
 * ```ts
 * const b = new GraphBuilder()
 * const x = b.input([1, 224, 224, 3], { name: 'image' })
 * const y = b.relu6(b.conv2d(x, { name: 'stem', filters: 32, kernel: 3, strides: 2 }))
 * const graph = b.build([y])
 * ```
 */
export class GraphBuilder {
  readonly #nodes: Node[] = []
  readonly #names = new Set<string>()

  /** `dtype` is short for `elements: { dtype }`. */
  input(shape: Shape, options: Named & Partial<ElementType> = {}): Value {
    const name = this.#name('input', options.name)
    const { dtype = 'float32', quantization, elements = { dtype, ...(quantization && { quantization }) } } = options
    const where = `input "${name}"`
    checkShape(shape, where)
    checkQuantization({ ...elements, shape }, where)
    return this.#append({ kind: 'input' }, [], name, shape, elements)
  }

  conv2d(x: Value, options: Conv2dOptions): Value {
    const name = this.#name('conv2d', options.name)
    const { filters, groups = 1 } = options
    return this.#op(
      { kind: 'conv2d', filters, groups, ...window(x, options), ...product(name, options) },
      [x],
      name,
      options,
    )
  }

  depthwiseConv2d(x: Value, options: DepthwiseConv2dOptions): Value {
    const name = this.#name('depthwiseConv2d', options.name)
    const { multiplier = 1 } = options
    return this.#op(
      { kind: 'depthwiseConv2d', multiplier, ...window(x, options), ...product(name, options) },
      [x],
      name,
      options,
    )
  }

  dense(x: Value, options: DenseOptions): Value {
    const name = this.#name('dense', options.name)
    return this.#op({ kind: 'dense', units: options.units, ...product(name, options) }, [x], name, options)
  }

  batchNorm(x: Value, options: BatchNormOptions = {}): Value {
    const name = this.#name('batchNorm', options.name)
    const { epsilon = 1e-3, mean = `${name}/mean`, variance = `${name}/variance` } = options
    const gamma = paramName(options.scale, name, 'gamma')
    const beta = paramName(options.center, name, 'beta')
    return this.#op({ kind: 'batchNorm', epsilon, gamma, beta, mean, variance }, [x], name, options)
  }

  averagePool(x: Value, options: WindowOptions & { readonly countPadding?: boolean }): Value {
    const { dilations: _, ...windowed } = window(x, options)
    const { countPadding = false } = options
    return this.op({ kind: 'averagePool', ...windowed, countPadding }, [x], options)
  }

  maxPool(x: Value, options: WindowOptions): Value {
    const { dilations: _, ...windowed } = window(x, options)
    return this.op({ kind: 'maxPool', ...windowed }, [x], options)
  }

  /** Zero padding of height and width, or a `[before, after]` pair an axis. */
  pad(
    x: Value,
    pads: PaddingLike | readonly (readonly [number, number])[],
    options: Named & { readonly value?: number } = {},
  ): Value {
    const { value = 0 } = options
    return this.op({ kind: 'pad', pads: axisPads(pads), value }, [x], options)
  }

  affine(x: Value, options: Named & { readonly scale: readonly number[]; readonly offset: readonly number[] }): Value {
    return this.op({ kind: 'affine', scale: options.scale, offset: options.offset }, [x], options)
  }

  clamp(x: Value, bounds: Bounds, options: Named = {}): Value {
    return this.op(clampTo(bounds), [x], options)
  }

  globalAveragePool(x: Value, options: Named & { readonly keepDims?: boolean } = {}): Value {
    return this.op({ kind: 'globalAveragePool', keepDims: options.keepDims ?? false }, [x], options)
  }

  /** `target` is the shape of one item; the batch axis stays. */
  reshape(x: Value, target: readonly number[], options: Named = {}): Value {
    return this.op({ kind: 'reshape', target }, [x], options)
  }

  flatten(x: Value, options: Named = {}): Value {
    return this.reshape(x, [elementCount(x.shape.slice(1))], options)
  }

  concat(operands: readonly Value[], axis: number, options: Named = {}): Value {
    return this.op({ kind: 'concat', axis }, operands, options)
  }

  dropout(x: Value, rate: number, options: Named = {}): Value {
    return this.op({ kind: 'dropout', rate }, [x], options)
  }

  /**
   * A value that the parameter `value` (default `NAME/value`) holds: one item, which is the same for the whole batch.
   * @param shape `[batch, ...item]`
   */
  constant(shape: Shape, options: Named & { readonly value?: string } = {}): Value {
    const name = this.#name('constant', options.name)
    const [batch = 0, ...item] = shape
    return this.#op({ kind: 'constant', item, value: options.value ?? `${name}/value` }, [], name, options, batch)
  }

  /** Element-wise arithmetic; `add`, `sub`, `mul`, `div`, `max` and `min` are short for it. */
  binary(operator: BinaryOperator, a: Value, b: Value, options: Named = {}): Value {
    return this.op({ kind: 'binary', operator }, [a, b], options)
  }

  /** A function of each element. */
  unary(operator: UnaryOperator, x: Value, options: Named = {}): Value {
    return this.op({ kind: 'unary', operator }, [x], options)
  }

  /** Channels to blocks of pixels; `size` is that of the result, by default all of it. */
  depthToSpace(x: Value, options: Named & { readonly block: number | Size2; readonly size?: Size2 }): Value {
    const block = pair(options.block)
    const [, height = 1, width = 1] = x.shape
    const { size = [height * block[0], width * block[1]] } = options
    return this.op({ kind: 'depthToSpace', block, size }, [x], options)
  }

  /** Bilinear by half pixels where nothing else is said; `nearest` then takes the pixel whose area it falls in. */
  resize(x: Value, options: ResizeOptions): Value {
    const { filter = 'bilinear', coordinates = 'halfPixel', scales = null, size } = options
    const byCentre = filter === 'nearest' && coordinates !== 'asymmetric'
    const { rounding = byCentre ? 'roundPreferCeil' : 'floor' } = options
    return this.op({ kind: 'resize', size: pair(size), filter, coordinates, rounding, scales }, [x], options)
  }

  relu = (x: Value, options: Named = {}): Value => this.op(relu, [x], options)
  relu6 = (x: Value, options: Named = {}): Value => this.op(relu6, [x], options)
  softmax = (x: Value, options: Named = {}): Value => this.op({ kind: 'softmax' }, [x], options)
  hardSwish = (x: Value, options: Named = {}): Value => this.op({ kind: 'hardSwish' }, [x], options)
  sigmoid = (x: Value, options: Named = {}): Value => this.op({ kind: 'sigmoid' }, [x], options)
  add = (a: Value, b: Value, options: Named = {}): Value => this.binary('add', a, b, options)
  sub = (a: Value, b: Value, options: Named = {}): Value => this.binary('sub', a, b, options)
  mul = (a: Value, b: Value, options: Named = {}): Value => this.binary('mul', a, b, options)
  div = (a: Value, b: Value, options: Named = {}): Value => this.binary('div', a, b, options)
  max = (a: Value, b: Value, options: Named = {}): Value => this.binary('max', a, b, options)
  min = (a: Value, b: Value, options: Named = {}): Value => this.binary('min', a, b, options)

  /** To the quantized bytes that `elements` states. */
  quantize(x: Value, elements: ElementType, options: Named = {}): Value {
    return this.op({ kind: 'quantize' }, [x], { ...options, elements })
  }

  dequantize = (x: Value, options: Named = {}): Value => this.op({ kind: 'dequantize' }, [x], options)

  /** Any op with its attributes spelt out: what importers use, whose files say it that way. */
  op(op: Op, operands: readonly Value[], options: Named = {}): Value {
    return this.#op(op, operands, this.#name(opTitle(op), options.name), options)
  }

  /** @throws GraphError when there is no output, or one of another builder, or one twice */
  build(outputs: readonly Value[]): Graph {
    for (const output of outputs) this.#own(output, 'build')
    const inputs = this.#nodes.filter(node => node.op.kind === 'input').map(node => node.id)
    const graph: Graph = { nodes: [...this.#nodes], inputs, outputs: outputs.map(output => output.id) }
    verify(graph)
    return graph
  }

  #op(op: Op, operands: readonly Value[], name: string, { elements }: Named, batch?: number): Value {
    const where = `node "${name}" (${opTitle(op)})`
    checkAttributes(op, where)
    const nodes = operands.map(operand => this.#own(operand, where))
    const rule = elementRuleOf(op)
    const result = elements ?? rule.implied(nodes)
    const wrong = rule.mismatch(
      nodes.map(node => ({ ...node, label: nodeLabel(node) })),
      result,
    )
    if (wrong) throw new GraphError({ where, ...wrong })
    const shape = inferShape(
      op,
      nodes.map(node => node.shape),
      where,
      batch,
    )
    checkQuantization({ ...result, shape }, where)
    return this.#append(
      op,
      nodes.map(node => node.id),
      name,
      shape,
      result,
    )
  }

  #append(op: Op, inputs: readonly NodeId[], name: string, shape: Shape, elements: ElementType): Value {
    const node: Node = { id: this.#nodes.length, op, inputs, shape: [...shape], ...elementsOf(elements), name }
    this.#nodes.push(node)
    this.#names.add(name)
    return node
  }

  #name(kind: string, given?: string): string {
    const name = given ?? this.#freeName(kind)
    if (name === '' || this.#names.has(name)) {
      throw new GraphError({
        where: `node "${name}" (${kind})`,
        expected: 'a name of its own',
        found: name === '' ? 'an empty one' : 'one already taken',
      })
    }
    return name
  }

  /** `KIND_N`, where a caller has not given that very name to another node. */
  #freeName(kind: string): string {
    let n = this.#nodes.length
    while (this.#names.has(`${kind}_${n}`)) n += 1
    return `${kind}_${n}`
  }

  #own(value: Value, where: string): Node {
    const node = this.#nodes[value.id]
    if (!node || node !== value) {
      throw new GraphError({ where, expected: 'values of this builder', found: `"${value.name}" of another` })
    }
    return node
  }
}

function window(x: Value, options: WindowOptions & { readonly dilations?: number | Size2 }) {
  const kernel = pair(options.kernel)
  const strides = pair(options.strides ?? 1)
  const dilations = pair(options.dilations ?? 1)
  const image: Size2 = [x.shape[1] ?? 0, x.shape[2] ?? 0]
  const padding = resolvePadding(options.padding ?? 'same', image, kernel, strides, dilations)
  return { kernel, strides, dilations, padding }
}

function product(name: string, options: ProductOptions) {
  const bias = paramName(options.bias, name, 'bias')
  return { weights: options.weights ?? `${name}/weights`, bias, activation: null, residual: false }
}

function axisPads(pads: PaddingLike | readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  if (Array.isArray(pads)) return pads
  const { top, bottom, left, right } = resolvePadding(pads as PaddingLike, [1, 1], [1, 1], [1, 1])
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

import { GraphError } from '../errors.ts'
import { checkShape, type Shape } from '../tensor.ts'
import { type AffineOp, affine } from './affine.ts'
import { attributesFromJSON, attributesToJSON, disagreementOf, fieldsOf, titleOf, wordsOf } from './attributes.ts'
import { type AveragePoolOp, averagePool } from './average-pool.ts'
import { type BatchNormOp, batchNorm } from './batch-norm.ts'
import { type BinaryOp, binary } from './binary.ts'
import { type ClampOp, clamp } from './clamp.ts'
import { type ConcatOp, concat } from './concat.ts'
import { type ConstantOp, constant } from './constant.ts'
import { type Conv2dOp, conv2d } from './conv2d.ts'
import type { Bounds, OpDefinition, ParamEntry, ParamName, Traits } from './definition.ts'
import { type DenseOp, dense } from './dense.ts'
import { type DepthToSpaceOp, depthToSpace } from './depth-to-space.ts'
import { type DepthwiseConv2dOp, depthwiseConv2d } from './depthwise-conv2d.ts'
import { type DequantizeOp, dequantize } from './dequantize.ts'
import { type DropoutOp, dropout } from './dropout.ts'
import type { ElementRule } from './elements.ts'
import { isParamField } from './field.ts'
import { type GlobalAveragePoolOp, globalAveragePool } from './global-average-pool.ts'
import { type HardSwishOp, hardSwish } from './hard-swish.ts'
import { type InputOp, input } from './input.ts'
import { type MaxPoolOp, maxPool } from './max-pool.ts'
import { type PadOp, pad } from './pad.ts'
import { type QuantizeOp, quantize } from './quantize.ts'
import { type ReshapeOp, reshape } from './reshape.ts'
import { type ResizeOp, resize } from './resize.ts'
import { type SigmoidOp, sigmoid } from './sigmoid.ts'
import { type SoftmaxOp, softmax } from './softmax.ts'
import { type UnaryOp, unary } from './unary.ts'

/**
 * Everything a node may compute. Whoever treats ops by kind does so in a table over all of them, so that a new op without a row
 * does not compile.
 */
export type Op =
  | InputOp
  | AffineOp
  | Conv2dOp
  | DepthwiseConv2dOp
  | DenseOp
  | BatchNormOp
  | ClampOp
  | BinaryOp
  | PadOp
  | AveragePoolOp
  | MaxPoolOp
  | GlobalAveragePoolOp
  | ReshapeOp
  | SoftmaxOp
  | SigmoidOp
  | HardSwishOp
  | ConcatOp
  | DropoutOp
  | QuantizeOp
  | DequantizeOp
  | UnaryOp
  | ConstantOp
  | ResizeOp
  | DepthToSpaceOp

/** Name of an op: what graphs are switched, tabulated and stored by. */
export type OpKind = Op['kind']

/**
 * Ops beyond those of a MobileNet that classifies: what heads for boxes, masks and keypoints are made of. Backends load their part
 * for these with the first graph that has one.
 */
export type HeadKind = 'unary' | 'constant' | 'resize' | 'depthToSpace'

/** Those of them that may be quantized. */
export type QuantizedHeadKind = Extract<HeadKind, 'resize' | 'depthToSpace'>

/** The op of a kind, with its attributes. */
export type OpOf<K extends OpKind> = Extract<Op, { readonly kind: K }>

const definitions: { readonly [K in OpKind]: OpDefinition<OpOf<K>> } = {
  input,
  affine,
  conv2d,
  depthwiseConv2d,
  dense,
  batchNorm,
  clamp,
  binary,
  pad,
  averagePool,
  maxPool,
  globalAveragePool,
  reshape,
  softmax,
  sigmoid,
  hardSwish,
  concat,
  dropout,
  quantize,
  dequantize,
  unary,
  constant,
  resize,
  depthToSpace,
}

/** Every op kind, in the order of the union. */
export const opKinds: readonly OpKind[] = /* @__PURE__ */ Object.keys(definitions) as OpKind[]

/** Whether a value is the name of an op, as a graph from outside claims. */
export function isOpKind(value: unknown): value is OpKind {
  return typeof value === 'string' && Object.hasOwn(definitions, value)
}

const definitionOf = (op: { readonly kind: OpKind }): OpDefinition<Op> => definitions[op.kind] as OpDefinition<Op>

/** The names of the attributes of a kind. */
export function attributeNames(kind: OpKind): readonly string[] {
  return Object.keys(definitions[kind].attributes)
}

/** What may be asked of an op without knowing which one it is. */
export function traitsOf(op: { readonly kind: OpKind }): Traits {
  return definitions[op.kind].traits
}

/** Which element types an op takes and gives. */
export function elementRuleOf(op: Op): ElementRule {
  return definitionOf(op).elements
}

/**
 * Throws unless every attribute is present, within its domain, and known.
 * @throws GraphError naming `where` and the attribute
 */
export function checkAttributes(op: Op, where: string): void {
  const wrong = disagreementOf(definitionOf(op), op)
  if (!wrong) return
  const { attribute, expected, found } = wrong
  throw new GraphError({ where: attribute === undefined ? where : `${where}, attribute ${attribute}`, expected, found })
}

/**
 * Shape of the value an op computes from operands of the given shapes.
 * @param batch of a constant, which has no operand to take it from
 * @throws ShapeError naming `where`, the expectation and what was found
 */
export function inferShape(op: Op, operands: readonly Shape[], where: string, batch?: number): Shape {
  const shape = definitionOf(op).shape(op, operands, where, batch)
  checkShape(shape, where)
  return shape
}

/** What authors call an op: its kind, or what it was written as (`relu6`, `add`). */
export function opTitle(op: Op): string {
  return titleOf(definitionOf(op), op)
}

/** One line for one op: `conv2d 3x3, stride 2x2, pad 0,1,0,1, bias, relu6`. */
export function describeOp(op: Op): string {
  return wordsOf(definitionOf(op), op)
}

/** The parameters an op reads, given the shape of its first operand. */
export function paramEntries(op: Op, input: Shape): readonly ParamEntry[] {
  return definitionOf(op).params?.(op, input) ?? []
}

/** The same op with other names of parameters. */
export function withParamNames(op: Op, rename: (name: ParamName) => ParamName): Op {
  const renamed = Object.entries(fieldsOf(definitionOf(op)))
    .filter(([, field]) => isParamField(field))
    .map(([attribute]) => {
      const name = (op as unknown as Record<string, unknown>)[attribute] as ParamName | null
      return [attribute, name === null ? null : rename(name)]
    })
  return { ...op, ...Object.fromEntries(renamed) }
}

/** Whether the result of an op is its first operand, given their shapes; both of one element type. */
export function isIdentityOp(op: Op, operands: readonly Shape[], result: Shape): boolean {
  return definitionOf(op).isIdentity?.(op, operands, result) ?? false
}

/** The interval in which the results of an op lie where all of its operands lie in `operand`. */
export function rangeOfOp(op: Op, operand: Bounds): Bounds {
  return definitionOf(op).range?.(op, operand) ?? { min: -Infinity, max: Infinity }
}

/** An op as plain JSON data. */
export function opToJSON(op: Op): Record<string, unknown> {
  return attributesToJSON(definitionOf(op), op)
}

/** Reads what `opToJSON` wrote, of a kind that is known; what is wrong with its attributes is for `checkAttributes` to say. */
export function opFromJSON(kind: OpKind, json: object): Op {
  return attributesFromJSON(definitions[kind] as OpDefinition<Op>, json) as Op
}

const headKinds: { readonly [K in HeadKind]: true } = {
  unary: true,
  constant: true,
  resize: true,
  depthToSpace: true,
}

/** Whether an op is one that backends load a part of their own for. */
export function isHeadOp(op: { readonly kind: OpKind }): boolean {
  return Object.hasOwn(headKinds, op.kind)
}

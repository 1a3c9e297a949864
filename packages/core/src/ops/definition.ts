import { ShapeError } from '../errors.ts'
import { formatShape, type Shape } from '../tensor.ts'
import type { ElementRule } from './elements.ts'
import type { Field } from './field.ts'

/** Name of a parameter in the map that lives beside the graph. */
export type ParamName = string

/**
 * What a parameter is to its op; `value` is that of a constant. The statistics of batch norm are not trained, hence not counted by
 * most conventions.
 */
export type ParamRole = 'weights' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance' | 'value'

/** A parameter of one op: what it is, what it is called (null: the op does without), and the shape it must have. */
export type ParamEntry = readonly [role: ParamRole, name: ParamName | null, shape: Shape]

/** Closed interval of values; either end may be infinite. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** What passes, backends and analyses ask of an op without knowing which one it is. An absent trait is false. */
export interface Traits {
  /** Each element of the result depends on the elements at its place alone. */
  readonly elementwise?: boolean
  /** The result may take the memory of an operand of its size: each element is written where it was read. */
  readonly inPlace?: boolean
  /** The result holds the operand's elements in their order, under another shape or none: nothing is computed. */
  readonly view?: boolean
  /** What belongs to one class in the operand belongs to the same class in the result. */
  readonly keepsOrder?: boolean
  /** Sums products with weights, and may have a bias, a residual and an activation in its store. */
  readonly product?: boolean
}

/** The attributes of an op with their domains. */
export type Fields<O> = { readonly [A in keyof Omit<O, 'kind'>]-?: Field<O[A]> }

/**
 * Everything core knows of one kind of op. Graphs, the builder, JSON, the verifier, passes and analyses derive what they do
 * from it; backends and importers add their own tables.
 */
export interface OpDefinition<O extends { readonly kind: string }> {
  /** What the verifier checks and what JSON reads and writes. */
  readonly attributes: Fields<O>
  /** What the attributes have to fulfil together; null where they do. */
  disagreement?(op: O): { readonly expected: string; readonly found: string } | null
  /** The shape of the result; `batch` is that of one without operands. @throws ShapeError where operands do not fit */
  shape(op: O, operands: readonly Shape[], where: string, batch?: number): Shape
  /** Which element types it takes and gives. */
  readonly elements: ElementRule
  /** The parameters it reads, given the shape of its first operand. */
  params?(op: O, input: Shape): readonly ParamEntry[]
  /** What authors call it, where that is not the kind: `relu6` for a clamp to 0..6 that was written so. */
  title?(op: O): string
  /** Its attributes as a person would say them. */
  words?(op: O): readonly string[]
  /** Whether the result is the operand, given their shapes; both of one element type. */
  isIdentity?(op: O, operands: readonly Shape[], result: Shape): boolean
  /** The interval in which results lie where all operands lie in `operand`; absent: anywhere. */
  range?(op: O, operand: Bounds): Bounds
  readonly traits: Traits
}

/** Attributes that several ops share, and an op's own. A call, which bundlers may drop where they keep a spread. */
export function attributesOf<A extends object, B extends object, C extends object = object>(
  a: A,
  b: B,
  c?: C,
): A & B & C {
  return { ...a, ...b, ...c } as A & B & C
}

/** Throws a ShapeError. */
export function misfit(where: string, expected: string, found: string): never {
  throw new ShapeError({ where, expected, found })
}

/** The first of exactly `count` operands. */
export function only(operands: readonly Shape[], count: number, where: string): Shape {
  if (operands.length !== count) misfit(where, `${count} operand(s)`, `${operands.length}`)
  return operands[0] as Shape
}

/** The shape rule of ops whose result has the shape of their one operand. */
export const sameAsOperand = (_op: object, operands: readonly Shape[], where: string): Shape => only(operands, 1, where)

/** The extents of the one operand as an image. */
export function image(
  shape: Shape,
  where: string,
): readonly [n: number, size: readonly [height: number, width: number], c: number] {
  if (shape.length !== 4) misfit(where, 'an NHWC operand (rank 4)', formatShape(shape))
  return [shape[0] as number, [shape[1] as number, shape[2] as number], shape[3] as number]
}

import { GraphError } from '../errors.ts'
import { binaryOperators } from '../ops/binary.ts'
import { show } from '../show.ts'
import type { TailBinaryOperator, TailKind, TailOp, TailReduceOperator, TailUnaryOperator } from './tail.ts'

type AllOf<T extends string> = { readonly [K in T]: true }

const tailOnly: AllOf<Exclude<TailBinaryOperator, (typeof binaryOperators)[number]>> = {
  floorDiv: true,
  floorMod: true,
  pow: true,
  squaredDifference: true,
}
const unaryOperators: AllOf<TailUnaryOperator> = {
  abs: true,
  ceil: true,
  exp: true,
  floor: true,
  log: true,
  neg: true,
  relu: true,
  round: true,
  rsqrt: true,
  sigmoid: true,
  sqrt: true,
  square: true,
  tanh: true,
}
const reduceOperators: AllOf<TailReduceOperator> = { max: true, mean: true, min: true, sum: true }

/** More boxes or poses than networks find. */
const mostFound = 10_000

/** What an attribute may be, in words, and whether a value is that. */
type Domain = readonly [words: string, is: (value: unknown) => boolean]

const isInteger = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max
const isReal = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isListOf = (value: unknown, is: (each: unknown) => boolean): value is readonly unknown[] =>
  Array.isArray(value) && value.length <= 8 && Array.from(value).every(is)

const axis: Domain = ['an axis from 0 to 7', value => isInteger(value, 0, 7)]
const axes: Domain = ['a list of axes from 0 to 7', value => isListOf(value, each => isInteger(each, 0, 7))]
const integers: Domain = ['a list of integers', value => isListOf(value, each => isInteger(each, -(2 ** 31), 2 ** 31))]
const extents: Domain = ['a list of positive integers', value => isListOf(value, each => isInteger(each, 1, 2 ** 31))]
const places: Domain = ['a list of integers from 0 on', value => isListOf(value, each => isInteger(each, 0, 2 ** 31))]
const truth: Domain = ['true or false', value => typeof value === 'boolean']
const real: Domain = ['a number', isReal]
const count: Domain = [`an integer from 1 to ${mostFound}`, value => isInteger(value, 1, mostFound)]
const oneOf = (names: readonly string[]): Domain => [names.join(', '), value => names.includes(value as string)]

const isBounds = (value: unknown): boolean => {
  const { min, max } = (value ?? {}) as { readonly min?: unknown; readonly max?: unknown }
  return typeof min === 'number' && typeof max === 'number' && min <= max
}

type AttributesOf<K extends TailKind> = Omit<Extract<TailOp, { readonly kind: K }>, 'kind'>

/** Every attribute of every kind. A new one without its row does not compile. */
const domains: { readonly [K in TailKind]: { readonly [A in keyof AttributesOf<K>]-?: Domain } } = {
  argMax: { axis },
  argMin: { axis },
  binary: {
    operator: oneOf([...binaryOperators, ...Object.keys(tailOnly)]),
    activation: ['bounds, or nothing', value => value === undefined || isBounds(value)],
  },
  cast: {},
  concat: { axis },
  convert: {},
  gather: { axis },
  gatherNd: {},
  reduce: { operator: oneOf(Object.keys(reduceOperators)), axes, keepsAxes: truth },
  reshape: { shape: extents },
  slice: { begin: places, size: extents, strides: integers },
  split: { axis },
  stack: { axis },
  topK: { count },
  transpose: { order: axes },
  unary: { operator: oneOf(Object.keys(unaryOperators)) },
  unstack: { axis },
  detectionPostProcess: {
    maxDetections: count,
    maxClassesPerDetection: count,
    detectionsPerClass: count,
    classWise: truth,
    scoreThreshold: real,
    iouThreshold: real,
    classes: count,
    scales: [
      'four numbers other than 0',
      value => isListOf(value, each => isReal(each) && each !== 0) && value.length === 4,
    ],
  },
  posenetDecoder: {
    maxDetections: ['an integer from 1 to 1000', value => isInteger(value, 1, 1000)],
    scoreThreshold: real,
    stride: ['a positive number', value => isReal(value) && value > 0],
    nmsRadius: ['a number from 0 on', value => isReal(value) && value >= 0],
  },
}

/**
 * Throws unless an op is of a known kind, and its attributes are those of its kind, each in its domain.
 * @throws GraphError naming `where` and the attribute
 */
export function checkAttributes(op: TailOp, where: string): void {
  const kind: unknown = op?.kind
  if (typeof kind !== 'string' || !Object.hasOwn(domains, kind))
    throw new GraphError({ where, expected: 'a step of a known kind', found: show(kind) })
  const own: Readonly<Record<string, Domain>> = domains[kind as TailKind]
  const stated = op as unknown as Readonly<Record<string, unknown>>
  for (const [name, [expected, is]] of Object.entries(own)) {
    if (!is(stated[name]))
      throw new GraphError({ where: `${where}, attribute ${name}`, expected, found: show(stated[name]) })
  }
  const unknown = Object.keys(op).find(name => name !== 'kind' && !Object.hasOwn(own, name))
  if (unknown !== undefined)
    throw new GraphError({ where, expected: `no attribute but ${Object.keys(own).join(', ')}`, found: unknown })
  if (op.kind === 'detectionPostProcess') {
    const room = op.maxDetections * op.maxClassesPerDetection
    if (room > mostFound)
      throw new GraphError({ where, expected: `room for at most ${mostFound} detections`, found: `${room}` })
  }
}

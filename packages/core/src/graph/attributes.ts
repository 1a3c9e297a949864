import { GraphError } from '../errors.ts'
import { show } from '../show.ts'
import type { Field } from './field.ts'
import * as field from './field.ts'
import type { Op, OpKind, OpOf } from './op.ts'

type Fields<K extends OpKind> = { readonly [A in keyof Omit<OpOf<K>, 'kind'>]-?: Field<OpOf<K>[A]> }

const windowed = { kernel: field.size2, strides: field.size2, padding: field.padding }
const epilogue = {
  weights: field.param,
  bias: field.optionalParam,
  clamp: field.optionalBounds,
  residual: field.flag,
}

/** The attributes of each op with their domains: what the verifier checks and what JSON reads and writes. */
export const attributeFields: { readonly [K in OpKind]: Fields<K> } = {
  input: {},
  normalize: { scale: field.reals, offset: field.reals },
  conv2d: { filters: field.count, ...windowed, dilations: field.size2, groups: field.count, ...epilogue },
  depthwiseConv2d: { multiplier: field.count, ...windowed, dilations: field.size2, ...epilogue },
  dense: { units: field.count, ...epilogue },
  batchNorm: {
    epsilon: field.epsilon,
    gamma: field.optionalParam,
    beta: field.optionalParam,
    mean: field.param,
    variance: field.param,
  },
  relu: {},
  relu6: {},
  clamp: { min: field.real, max: field.real },
  add: {},
  mul: {},
  pad: { pads: field.pairs, value: field.real },
  averagePool: { ...windowed, countPadding: field.flag },
  maxPool: windowed,
  globalAveragePool: { keepDims: field.flag },
  reshape: { target: field.counts },
  softmax: {},
  sigmoid: {},
  concat: { axis: field.axis },
  dropout: { rate: field.rate },
}

/** Every op kind, in the order of the union. */
export const opKinds: readonly OpKind[] = Object.keys(attributeFields) as OpKind[]

/** Whether a value is the name of an op, as a graph from outside claims. */
export function isOpKind(value: unknown): value is OpKind {
  return typeof value === 'string' && Object.hasOwn(attributeFields, value)
}

/** The fields of a kind, with their types forgotten: for code that walks over all of them. */
export function fieldsOf(kind: OpKind): Readonly<Record<string, Field<unknown>>> {
  return attributeFields[kind] as Readonly<Record<string, Field<unknown>>>
}

/**
 * Throws unless every attribute is present, within its domain, and known.
 * @throws GraphError naming `where` and the attribute
 */
export function checkAttributes(op: Op, where: string): void {
  const fields = fieldsOf(op.kind)
  const values = op as unknown as Readonly<Record<string, unknown>>
  const wrong = Object.keys(fields).find(name => !fields[name]?.accepts(values[name]))
  if (wrong !== undefined) {
    const expected = fields[wrong]?.expected as string
    throw new GraphError({ where: `${where}, attribute ${wrong}`, expected, found: show(values[wrong]) })
  }
  const unknown = Object.keys(op).find(name => name !== 'kind' && !Object.hasOwn(fields, name))
  if (unknown)
    throw new GraphError({ where, expected: `only ${Object.keys(fields).join(', ') || 'a kind'}`, found: unknown })
  if (op.kind === 'clamp' && op.min > op.max) {
    throw new GraphError({ where, expected: 'min <= max', found: `${op.min} and ${op.max}` })
  }
}

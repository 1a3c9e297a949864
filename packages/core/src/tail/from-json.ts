import { FormatError } from '../errors.ts'
import { show } from '../show.ts'
import { type DType, dtypes, type Quantization, type Shape, type Tensor, type ValueType } from '../tensor.ts'
import { checkTail } from './check.ts'
import type { Tail, TailOp, TailResult, TailStep } from './tail.ts'
import { tailFormat, tailVersion } from './to-json.ts'

/**
 * Reads what `tailToJSON` wrote and checks it whole: nothing in the result is trusted from the file.
 * @throws FormatError naming the field, GraphError or ShapeError naming the step
 */
export function tailFromJSON(json: unknown): Tail {
  const root = record(json, 'tail')
  if (root['format'] !== tailFormat) fail('tail, field format', `"${tailFormat}"`, root['format'])
  if (root['version'] !== tailVersion) fail('tail, field version', `${tailVersion}`, root['version'])
  const tail: Tail = {
    inputs: list(root['inputs'], 'tail, field inputs').map((input, at) => value(input, `tail, input ${at}`)),
    constants: list(root['constants'], 'tail, field constants').map(constant),
    steps: list(root['steps'], 'tail, field steps').map(step),
    outputs: list(root['outputs'], 'tail, field outputs').map((output, at) => {
      const { name, value: number } = record(output, `tail, output ${at}`)
      return { name: text(name, `tail, output ${at}, field name`), value: index(number, `tail, output ${at}`) }
    }),
  }
  checkTail(tail)
  return tail
}

function step(json: unknown, at: number): TailStep {
  const where = `tail, step at index ${at}`
  const { op, operands, results } = record(json, where)
  return {
    op: withNumbers(record(op, `${where}, field op`)) as unknown as TailOp,
    operands: list(operands, `${where}, field operands`).map(each => index(each, `${where}, field operands`)),
    results: list(results, `${where}, field results`).map(each => value(each, `${where}, field results`)),
  }
}

function value(json: unknown, where: string): TailResult {
  const { name, ...type } = record(json, where)
  return { name: text(name, `${where}, field name`), ...types(type, where) }
}

/** What `checkTail` judges, as far as it is no text and no number. */
function types({ dtype, shape, quantization }: Readonly<Record<string, unknown>>, where: string): ValueType {
  const scales = quantization === undefined ? null : record(quantization, `${where}, field quantization`)
  return {
    dtype: dtype as DType,
    shape: list(shape, `${where}, field shape`) as Shape,
    ...(scales && { quantization: scales as unknown as Quantization }),
  }
}

const arrays = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int32: Int32Array,
} as const

function constant(json: unknown, at: number): Tensor {
  const where = `tail, constant ${at}`
  const fields = record(json, where)
  const { dtype } = fields
  if (!dtypes.includes(dtype as DType)) fail(`${where}, field dtype`, dtypes.join(', '), dtype)
  const numbers = list(fields['data'], `${where}, field data`).map(fromPlain)
  const wrong = numbers.findIndex(each => typeof each !== 'number')
  if (wrong >= 0) fail(`${where}, element ${wrong}`, 'a number', numbers[wrong])
  return { ...types(fields, where), data: arrays[dtype as DType].from(numbers as number[]) } as Tensor
}

/** Numbers that JSON cannot hold, by the text that stands for them. */
const unwritten: Readonly<Record<string, number>> = { Infinity, '-Infinity': -Infinity, NaN: Number.NaN, '-0': -0 }

const fromPlain = (json: unknown): unknown =>
  typeof json === 'string' && Object.hasOwn(unwritten, json) ? unwritten[json] : json

/** The attributes of an op, of which only bounds may hold such texts. */
function withNumbers(op: Record<string, unknown>): Record<string, unknown> {
  const { activation } = op
  if (typeof activation !== 'object' || activation === null) return op
  const bounds = Object.entries(activation).map(([key, each]) => [key, fromPlain(each)])
  return { ...op, activation: Object.fromEntries(bounds) }
}

function record(json: unknown, where: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) fail(where, 'an object', json)
  return json as Record<string, unknown>
}

function list(json: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(json)) fail(where, 'a list', json)
  return json as unknown[]
}

function text(json: unknown, where: string): string {
  return typeof json === 'string' ? json : fail(where, 'a string', json)
}

function index(json: unknown, where: string): number {
  return Number.isSafeInteger(json) ? (json as number) : fail(where, 'an integer', json)
}

function fail(where: string, expected: string, found: unknown): never {
  throw new FormatError({ where, expected, found: show(found) })
}

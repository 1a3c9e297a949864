import { randomIntegers } from '@depthwise/testing/random-integers'
import { decode } from '../src/onnx/proto/decode.ts'
import { encode } from '../src/onnx/proto/encode.ts'
import { isSupported } from '../src/onnx/read/table.ts'
import { type ModelMessage, modelSchema } from '../src/onnx/schema.ts'

type Below = (bound: number) => number

/** The first 14 fit 32 bits, and so every field. */
const numbers = [0, 1, 2, 3, 4, 5, 7, 17, -1, -2, -4, 100, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 40, -(2 ** 31)]
const narrow: ReadonlySet<string> = new Set(['dataType', 'dataLocation', 'elemType', 'type', 'int32Data'])
const operators = [
  'Relu',
  'Conv',
  'Reshape',
  'Transpose',
  'Flatten',
  'Gemm',
  'MatMul',
  'Add',
  'Pad',
  'Softmax',
  'Concat',
  'Squeeze',
]

/**
 * A file whose protobuf is sound and whose network is not: numbers, names and operators of a seed exchanged, parts of lists
 * left out, doubled or moved. Mutated bytes seldom come as far as the operators; these do.
 */
export function networkMutant(seeds: readonly Uint8Array[], number: number): Uint8Array {
  const below = randomIntegers(number)
  let model = decode(modelSchema, seeds[below(seeds.length)] as Uint8Array, 'seed') as unknown
  const names = valueNames(model as ModelMessage)
  for (let change = below(4); change >= 0; change -= 1) model = changed(model, below, names)
  return encode(modelSchema, model as ModelMessage)
}

function valueNames({ graph }: ModelMessage): readonly string[] {
  const nodes = graph?.node ?? []
  return ['', ...nodes.flatMap(node => [...(node.input ?? []), ...(node.output ?? [])])]
}

/** Walks down to some part at random and changes it. */
function changed(value: unknown, below: Below, names: readonly string[], field?: string): unknown {
  if (typeof value === 'number') return numbers[below(field !== undefined && narrow.has(field) ? 14 : numbers.length)]
  if (typeof value === 'string') {
    return (isSupported(value) ? operators : names)[below(isSupported(value) ? operators.length : names.length)]
  }
  if (value instanceof Uint8Array) return below(2) === 0 ? value.slice(0, below(value.length + 1)) : value
  if (Array.isArray(value)) return changedList(value, below, names, field)
  const entries = Object.entries(value as Record<string, unknown>)
  const chosen = below(entries.length)
  return Object.fromEntries(
    entries.map(([name, each], i) => [name, i === chosen ? changed(each, below, names, name) : each]),
  )
}

function changedList(
  list: readonly unknown[],
  below: Below,
  names: readonly string[],
  field?: string,
): readonly unknown[] {
  const at = below(Math.max(list.length, 1))
  switch (below(12)) {
    case 0:
      return list.toSpliced(at, 1)
    case 1:
      return list.toSpliced(at, 0, ...list.slice(at, at + 1))
    case 2:
      return list.toSpliced(below(list.length + 1), 0, ...list.slice(at, at + 1)).toSpliced(at, 1)
    default:
      return list.map((each, i) => (i === at ? changed(each, below, names, field) : each))
  }
}

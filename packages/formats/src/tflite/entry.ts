import { type ConstantTensor, readIntegers } from './constants.ts'
import type { FileOperator, FileTensor, TFLiteFile } from './file.ts'

/** Operators that leave the order of axes open: a channels-first input stays one behind them. */
const elementwise: ReadonlySet<string> = new Set([
  'ADD',
  'CAST',
  'DEQUANTIZE',
  'DIV',
  'MUL',
  'NEG',
  'PAD',
  'PADV2',
  'QUANTIZE',
  'RELU',
  'SUB',
])

/** How far an input is followed: the operator in question is among the first of a network. */
const furthest = 16

/** By tensor, the first operator that reads it as one of its first two operands. */
export type Readers = ReadonlyMap<number, FileOperator>

export function firstReaders(operators: readonly FileOperator[]): Readers {
  const readers = new Map<number, FileOperator>()
  for (const operator of operators) {
    for (const index of operator.inputs.slice(0, 2)) if (!readers.has(index)) readers.set(index, operator)
  }
  return readers
}

/**
 * In which order the graph takes the axes of an input: of a channels-first one that the file transposes before anything else
 * reads it, as converters of PyTorch networks do, channels last.
 */
export function entryOrder(file: TFLiteFile, readers: Readers, input: FileTensor): readonly number[] {
  const asItIs = input.shape.map((_, axis) => axis)
  if (input.shape.length !== 4) return asItIs
  let reader = readers.get(input.index)
  for (let followed = 0; reader && followed < furthest; followed += 1) {
    if (reader.name === 'TRANSPOSE') return isToChannelsLast(file, reader) ? [0, 2, 3, 1] : asItIs
    if (!elementwise.has(reader.name)) return asItIs
    reader = readers.get(reader.outputs[0] ?? -1)
  }
  return asItIs
}

function isToChannelsLast(file: TFLiteFile, { inputs, label }: FileOperator): boolean {
  const index = inputs[1] ?? -1
  if (index === -1) return false
  const permutation = file.tensor(index, label)
  if (!permutation.data || permutation.data.length > 32) return false
  return `${readIntegers(permutation as ConstantTensor)}` === '0,2,3,1'
}

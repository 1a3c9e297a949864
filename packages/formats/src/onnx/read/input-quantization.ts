import { elementCount, type PerTensorQuantization } from '@depthwise/core/backend'
import type { Constant } from './constant.ts'
import type { FileNode, OnnxFile } from './file.ts'

/** Operators whose result holds elements of their first operand as they are. */
const movers: ReadonlySet<string> = new Set([
  'Dropout',
  'Flatten',
  'Identity',
  'MaxPool',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
])

/** Operators that have a scale and a zero point behind each operand of integers. */
const isScaling = (opType: string): boolean => /(^|\.)(DequantizeLinear|QGemm|QLinear\w+)$/.test(opType)

/** How many operators are looked at: those in question are the first of a network. */
const furthest = 100

/**
 * The scale and zero point of an input of bytes, which those who read it state: null unless all of them state the same.
 * @param constant the constant of that name, if there is one
 */
export function inputQuantization(
  file: OnnxFile,
  input: string,
  constant: (name: string) => Constant | undefined,
): PerTensorQuantization | null {
  const names = [input]
  const found: PerTensorQuantization[] = []
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] as string
    for (const reader of file.readers(name)) {
      if (names.length + found.length > furthest) return null
      if (movers.has(reader.opType) && reader.inputs[0] === name) names.push(reader.output)
      else if (!isScaling(reader.opType)) return null
      else
        for (const each of statedBy(reader, name, constant)) {
          if (!each) return null
          found.push(each)
        }
    }
  }
  const [first, ...others] = found
  const isShared = others.every(({ scale, zeroPoint }) => scale === first?.scale && zeroPoint === first.zeroPoint)
  return first && isShared ? first : null
}

/** The scale and zero point behind each place where an operator reads a value; null where they are not one number each. */
function statedBy(
  { inputs }: FileNode,
  name: string,
  constant: (name: string) => Constant | undefined,
): readonly (PerTensorQuantization | null)[] {
  const number = (operand: string | undefined): number | undefined => {
    const known = operand ? constant(operand) : undefined
    return known && elementCount(known.shape) === 1 ? known.numbers()[0] : undefined
  }
  return inputs.flatMap((each, position) => {
    if (each !== name) return []
    const [scale, zeroPoint] = [inputs[position + 1], inputs[position + 2]].map(number)
    const hasZero = (inputs[position + 2] ?? '') !== ''
    return scale === undefined || (hasZero && zeroPoint === undefined) ? [null] : [{ scale, zeroPoint: zeroPoint ?? 0 }]
  })
}

import type { Node, Op, Shape } from '@depthwise/core'
import { type Activation as Fused, resolvePadding, type Size2 } from '@depthwise/core/backend'
import { rectifierOf } from '../subject/rectifier.ts'
import { type Field, float32, int8, int32 } from './flatbuffer.ts'

// Numbers of TensorFlow Lite's schema, version 3 (tensorflow/lite/schema/schema.fbs): builtin operators, members of the
// union BuiltinOptions, and the fields of those members in their order.

export const operatorCodes = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  FULLY_CONNECTED: 9,
  RELU: 19,
  RELU6: 21,
  RESHAPE: 22,
  SOFTMAX: 25,
  PAD: 34,
  MEAN: 40,
} as const
export type OperatorName = keyof typeof operatorCodes

const paddingNumbers = { SAME: 0, VALID: 1 } as const
const activationNumbers = { none: 0, relu: 1, relu6: 3 } as const
export type Activation = keyof typeof activationNumbers

/** Options of one operator: the union's member and its fields. */
export interface Options {
  readonly member: number
  readonly fields: readonly Field[]
}

/** `explicit` has to be said by a PAD operator in front. */
export type PaddingWord = 'SAME' | 'VALID' | 'explicit'
type Windowed = Extract<Op, { readonly kind: 'conv2d' | 'depthwiseConv2d' | 'averagePool' }>

/** The schema's word for the padding of a window over an input of this shape. */
export function paddingWord(op: Windowed, input: Shape): PaddingWord {
  const { top, bottom, left, right } = op.padding
  if (top + bottom + left + right === 0) return 'VALID'
  const image: Size2 = [input[1] as number, input[2] as number]
  const same = resolvePadding('same', image, op.kernel, op.strides, 'dilations' in op ? op.dilations : [1, 1])
  const isSame = same.top === top && same.bottom === bottom && same.left === left && same.right === right
  return isSame ? 'SAME' : 'explicit'
}

/** An activation as TFLite fuses it. */
export function activationOf(op: Fused | null, node: Node): Activation {
  return op === null ? 'none' : rectifierOf(op, node)
}

const word = (padding: PaddingWord): Field => int8(paddingNumbers[padding === 'SAME' ? 'SAME' : 'VALID'])
const pair = ([height, width]: Size2): readonly Field[] => [int32(width), int32(height)]
const fused = (activation: Activation): Field => int8(activationNumbers[activation])

export const convOptions = (
  padding: PaddingWord,
  strides: Size2,
  activation: Activation,
  dilations: Size2,
): Options => ({
  member: 1,
  fields: [word(padding), ...pair(strides), fused(activation), ...pair(dilations)],
})

export const depthwiseOptions = (
  padding: PaddingWord,
  strides: Size2,
  multiplier: number,
  activation: Activation,
  dilations: Size2,
): Options => ({
  member: 2,
  fields: [word(padding), ...pair(strides), int32(multiplier), fused(activation), ...pair(dilations)],
})

export const poolOptions = (padding: PaddingWord, strides: Size2, kernel: Size2): Options => ({
  member: 5,
  fields: [word(padding), ...pair(strides), ...pair(kernel), fused('none')],
})

export const denseOptions = (activation: Activation): Options => ({ member: 8, fields: [fused(activation)] })
export const softmaxOptions = (): Options => ({ member: 9, fields: [float32(1)] })
export const addOptions = (activation: Activation): Options => ({ member: 11, fields: [fused(activation)] })
export const reducerOptions = (keepDims: boolean): Options => ({ member: 27, fields: [int8(keepDims ? 1 : 0)] })
export const noOptions: Options | null = null

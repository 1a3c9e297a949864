import type { Value } from '@depthwise/core'
import { arrangement } from '../view.ts'
import { arranged, plain } from './alignment.ts'
import type { Operand, Operation } from './operation.ts'

/** Channels-first images are held, and given, channels last. */
const channelsLast = [0, 2, 3, 1]

/**
 * What an output of the file is in the graph: a value of its shape, or the NHWC image of an NCHW one.
 * @throws UnsupportedOpError where the value would have to be moved, or does not keep the batch in front
 */
export function outputValue(operation: Operation, operand: Operand): Value {
  const isImage = operand.shape.length === 4
  const order = operand.shape.map((_, axis) => axis)
  if (isImage && !arrangement(operand, order) && arrangement(operand, channelsLast)) {
    return arranged(operation, operand, channelsLast).value
  }
  return plain(operation, operand).value
}

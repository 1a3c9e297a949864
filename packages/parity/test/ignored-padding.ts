import type { OpKind, Tensor } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import type { Fault } from './planted.ts'

/**
 * One op reads computed values as though their pixels followed each other directly, where each is padded to a multiple of
 * four channels. Inputs are dense, and read right.
 */
export const ignoredPadding = (kind: OpKind): Fault => ({
  async value(data, { node, operands, again, producer }) {
    if (node.op.kind !== kind) return
    const misread = operands.map((operand, i) => {
      return producer(node.inputs[i] as number).op.kind === 'input' ? operand : readDensely(operand)
    })
    data.set(await again(misread))
  },
})

/** The first numbers of the padded memory of a value. */
function readDensely({ shape, data, dtype }: Tensor<'float32'>): Tensor<'float32'> {
  const channels = shape.at(-1) as number
  const step = 4 * Math.ceil(channels / 4)
  const memory = new Float32Array(elementCount(shape.slice(0, -1)) * step)
  for (const [i, value] of data.entries()) memory[Math.floor(i / channels) * step + (i % channels)] = value
  return { dtype, shape, data: memory.slice(0, data.length) }
}

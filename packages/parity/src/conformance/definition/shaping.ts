import { coordinates } from '../../compare/difference.ts'
import { type Definition, emptySums, stored } from './value.ts'

export const pad: Definition<'pad'> = (op, { input, shape }) => {
  const { value, error } = emptySums(shape)
  value.fill(op.value)
  for (let i = 0; i < input.data.length; i++) {
    const at = coordinates(i, input.shape).map((place, axis) => place + (op.pads[axis]?.[0] ?? 0))
    const index = at.reduce((sum, place, axis) => sum * shape[axis]! + place, 0)
    value[index] = input.data[i]!
    error[index] = input.error[i]!
  }
  return stored(shape, value, error)
}

export const concat: Definition<'concat'> = ({ axis }, { operands, shape }) => {
  const { value, error } = emptySums(shape)
  let offset = 0
  for (const operand of operands) {
    for (let i = 0; i < operand.data.length; i++) {
      const at = coordinates(i, operand.shape).map((place, a) => (a === axis ? place + offset : place))
      const index = at.reduce((sum, place, a) => sum * shape[a]! + place, 0)
      value[index] = operand.data[i]!
      error[index] = operand.error[i]!
    }
    offset += operand.shape[axis] as number
  }
  return stored(shape, value, error)
}

/** One item of numbers that are given, for each of the batch. */
export const constant: Definition<'constant'> = (op, { shape, param }) => {
  const { value, error } = emptySums(shape)
  const item = param(op.value)
  for (let i = 0; i < value.length; i++) value[i] = item[i % item.length]!
  return stored(shape, value, error)
}

/** Each element of the operand to its place in a block, unless that is left out. */
export const depthToSpace: Definition<'depthToSpace'> = ({ block }, { input, shape }) => {
  const { value, error } = emptySums(shape)
  const channels = shape[3] as number
  for (let i = 0; i < input.data.length; i++) {
    const [n, y, x, held] = coordinates(i, input.shape) as readonly [number, number, number, number]
    const place = Math.floor(held / channels)
    const at = [n, y * block[0] + Math.floor(place / block[1]), x * block[1] + (place % block[1]), held % channels]
    if (at.some((each, axis) => each >= (shape[axis] as number))) continue
    const index = at.reduce((sum, each, axis) => sum * (shape[axis] as number) + each, 0)
    value[index] = input.data[i]!
    error[index] = input.error[i]!
  }
  return stored(shape, value, error)
}

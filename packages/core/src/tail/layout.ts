import { elementCount, type Tensor } from '../tensor.ts'
import { joined } from './arithmetic.ts'
import { eachPlace, stridesOf, type TailKernel } from './step.ts'

// Kernels that move elements and compute none.

const first = (values: readonly Tensor[]): Tensor => values[0] as Tensor

/** Copies elements, whose type is the same on both sides. */
function copy(from: Tensor, to: Tensor, strides: readonly number[], offset = 0): void {
  const [source, target] = [from.data, to.data]
  eachPlace(to.shape, strides, (place, at) => {
    target[at] = source[offset + place]!
  })
}

export const reshape: TailKernel<'reshape'> = (_op, { operands, results }) =>
  first(results).data.set(first(operands).data as never)

export const transpose: TailKernel<'transpose'> = ({ order }, { operands, results }) => {
  const strides = stridesOf(first(operands).shape)
  copy(
    first(operands),
    first(results),
    order.map(axis => strides[axis] as number),
  )
}

export const slice: TailKernel<'slice'> = ({ begin, strides: steps }, { operands, results }) => {
  const strides = stridesOf(first(operands).shape)
  const offset = strides.reduce((sum, stride, axis) => sum + stride * (begin[axis] as number), 0)
  copy(
    first(operands),
    first(results),
    strides.map((stride, axis) => stride * (steps[axis] as number)),
    offset,
  )
}

/** Elements before an axis, and from one of its places to the next. */
const around = ({ shape }: Tensor, axis: number): readonly [outer: number, inner: number] => [
  elementCount(shape.slice(0, axis)),
  elementCount(shape.slice(axis + 1)),
]

export const concat: TailKernel<'concat'> = ({ axis }, { operands, results }) => {
  const output = first(results)
  const [outer, inner] = around(output, axis)
  const row = inner * (output.shape[axis] as number)
  let offset = 0
  for (const operand of operands) {
    const length = inner * (operand.shape[axis] as number)
    const convert = joined(operand, output)
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < length; i++) output.data[o * row + offset + i] = convert(operand.data[o * length + i]!)
    offset += length
  }
}

export const stack: TailKernel<'stack'> = ({ axis }, { operands, results }) => {
  const [outer, inner] = around(first(results), axis)
  for (const [place, { data }] of operands.entries())
    for (let o = 0; o < outer; o++)
      first(results).data.set(data.subarray(o * inner, (o + 1) * inner) as never, (o * operands.length + place) * inner)
}

/** Rows of an operand, shared out to the results in turn. */
function divide(operand: Tensor, results: readonly Tensor[], outer: number): void {
  const length = first(results).data.length / outer
  for (const [place, { data }] of results.entries()) {
    for (let o = 0; o < outer; o++) {
      const from = (o * results.length + place) * length
      data.set(operand.data.subarray(from, from + length) as never, o * length)
    }
  }
}

export const unstack: TailKernel<'unstack'> = ({ axis }, { operands, results }) =>
  divide(first(operands), results, around(first(operands), axis)[0])

export const split: TailKernel<'split'> = ({ axis }, { operands, results }) =>
  divide(first(operands), results, around(first(operands), axis)[0])

export const gather: TailKernel<'gather'> = ({ axis }, { operands, results, refuse }) => {
  const [source, indices] = operands as readonly [Tensor, Tensor]
  const [outer, inner] = around(source, axis)
  const extent = source.shape[axis] as number
  for (let o = 0; o < outer; o++) {
    for (const [at, index] of indices.data.entries()) {
      if (!(index >= 0 && index < extent)) refuse(`indices from 0 to ${extent - 1}`, `${index}`)
      const from = (o * extent + index) * inner
      first(results).data.set(source.data.subarray(from, from + inner) as never, (o * indices.data.length + at) * inner)
    }
  }
}

export const gatherNd: TailKernel<'gatherNd'> = (_op, { operands, results, refuse }) => {
  const [source, indices] = operands as readonly [Tensor, Tensor]
  const depth = indices.shape.at(-1) as number
  const size = elementCount(source.shape.slice(depth))
  const strides = stridesOf(source.shape)
  for (let place = 0; place * depth < indices.data.length; place++) {
    let from = 0
    for (let axis = 0; axis < depth; axis++) {
      const index = indices.data[place * depth + axis]!
      const extent = source.shape[axis] as number
      if (!(index >= 0 && index < extent)) refuse(`indices from 0 to ${extent - 1}`, `${index}`)
      from += index * strides[axis]!
    }
    first(results).data.set(source.data.subarray(from, from + size) as never, place * size)
  }
}

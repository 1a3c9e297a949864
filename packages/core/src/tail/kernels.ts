import { bytePairFunction, byteTypeOf, dequantizeByte, quantizeReal, requantize } from '../integers/index.ts'
import type { BinaryOperator } from '../ops/binary.ts'
import { elementCount, type Shape, type Tensor } from '../tensor.ts'
import { detectionPostProcess } from './detection-post-process.ts'
import { posenetDecoder } from './posenet-decoder.ts'
import { refuse, resultOf, type TailCall, type TailKernel } from './step.ts'
import type { TailKind } from './tail.ts'

/** One row a kind of step. A new kind without its row does not compile. */
export const tailKernels: { readonly [K in TailKind]: TailKernel<K> } = {
  argMax({ axis }, call) {
    const [input] = call.operands as readonly [Tensor]
    const { outer, extent, inner } = around(input.shape, axis, call)
    const output = resultOf(call, without(input.shape, axis))
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let best = 0
        const element = (at: number): number => input.data[(o * extent + at) * inner + i] as number
        for (let at = 1; at < extent; at++) if (element(at) > element(best)) best = at
        output.data[o * inner + i] = best
      }
    }
    return [output]
  },
  binary({ operator }, call) {
    const [a, b] = call.operands as readonly [Tensor, Tensor]
    const shape = broadcast(a.shape, b.shape, call)
    const output = resultOf(call, shape)
    const [indexA, indexB] = [stretched(a.shape, shape), stretched(b.shape, shape)]
    const compute = output.quantization
      ? bytePairFunction(
          bytesOnly(operator, call),
          byteTypeOf(a, call.where),
          byteTypeOf(b, call.where),
          byteTypeOf(output),
        )
      : numbers[operator]
    // Storing rounds to float32, and takes int32 modulo 2^32; products of int32 are exact before that.
    const exact = output.dtype === 'int32' && operator === 'mul' ? Math.imul : compute
    for (let i = 0; i < output.data.length; i++) output.data[i] = exact(a.data[indexA(i)]!, b.data[indexB(i)]!)
    return [output]
  },
  cast(_op, call) {
    const [input] = call.operands as readonly [Tensor]
    const output = resultOf(call, input.shape)
    const isInteger = output.dtype !== 'float32'
    for (let i = 0; i < output.data.length; i++)
      output.data[i] = isInteger ? Math.trunc(input.data[i]!) : input.data[i]!
    return [output]
  },
  concat({ axis }, call) {
    const [first] = call.operands as readonly [Tensor]
    const extents = call.operands.map(({ shape }) => shape[axis] as number)
    const { outer, inner } = around(first.shape, axis, call)
    const isJoined = ({ shape }: Tensor): boolean =>
      shape.length === first.shape.length && shape.every((extent, at) => at === axis || extent === first.shape[at])
    if (!call.operands.every(isJoined)) refuse(call, 'operands that agree along the other axes', shapesOf(call))
    const total = extents.reduce((sum, extent) => sum + extent, 0)
    const output = resultOf(call, first.shape.with(axis, total))
    let offset = 0
    for (const [place, operand] of call.operands.entries()) {
      const length = (extents[place] as number) * inner
      const bytes = convertible(operand, output, call)
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < length; i++)
          output.data[o * total * inner + offset + i] = bytes(operand.data[o * length + i]!)
      }
      offset += length
    }
    return [output]
  },
  convert(_op, call) {
    const [input] = call.operands as readonly [Tensor]
    const output = resultOf(call, input.shape)
    const convert = convertible(input, output, call)
    for (let i = 0; i < output.data.length; i++) output.data[i] = convert(input.data[i]!)
    return [output]
  },
  gatherNd(_op, call) {
    const [source, indices] = call.operands as readonly [Tensor, Tensor]
    const depth = indices.shape.at(-1) ?? 0
    if (depth < 1 || depth > source.shape.length)
      refuse(call, `1 to ${source.shape.length} indices a place`, `${depth}`)
    const slice = source.shape.slice(depth)
    const size = elementCount(slice)
    const output = resultOf(call, [...indices.shape.slice(0, -1), ...slice])
    const strides = source.shape.map((_, axis) => elementCount(source.shape.slice(axis + 1)))
    for (let place = 0; place * size < output.data.length; place++) {
      let from = 0
      for (let axis = 0; axis < depth; axis++) {
        const index = indices.data[place * depth + axis]!
        const extent = source.shape[axis] as number
        if (!(index >= 0 && index < extent)) refuse(call, `indices below ${extent}`, `${index}`)
        from += index * strides[axis]!
      }
      output.data.set(source.data.subarray(from, from + size) as never, place * size)
    }
    return [output]
  },
  reshape({ shape }, call) {
    const [input] = call.operands as readonly [Tensor]
    if (elementCount(shape) !== input.data.length)
      refuse(call, `${elementCount(shape)} elements`, `${input.data.length}`)
    return [{ ...input, shape }]
  },
  sqrt(_op, call) {
    const [input] = call.operands as readonly [Tensor]
    const output = resultOf(call, input.shape)
    for (let i = 0; i < output.data.length; i++) output.data[i] = Math.sqrt(input.data[i]!)
    return [output]
  },
  stack({ axis }, call) {
    const [first] = call.operands as readonly [Tensor]
    const shape = first.shape.toSpliced(axis, 0, call.operands.length)
    const output = resultOf(call, shape)
    const { outer, extent, inner } = around(shape, axis, call)
    if (call.operands.some(({ data }) => data.length !== first.data.length))
      refuse(call, 'operands of one shape', shapesOf(call))
    for (const [at, { data }] of call.operands.entries()) {
      for (let o = 0; o < outer; o++) {
        output.data.set(data.subarray(o * inner, (o + 1) * inner) as never, (o * extent + at) * inner)
      }
    }
    return [output]
  },
  unstack({ axis }, call) {
    const [input] = call.operands as readonly [Tensor]
    const { outer, extent, inner } = around(input.shape, axis, call)
    if (call.results.length !== extent) refuse(call, `${extent} results`, `${call.results.length}`)
    return call.results.map((_, at) => {
      const output = resultOf(call, without(input.shape, axis), at)
      for (let o = 0; o < outer; o++) {
        const from = (o * extent + at) * inner
        output.data.set(input.data.subarray(from, from + inner) as never, o * inner)
      }
      return output
    })
  },
  detectionPostProcess,
  posenetDecoder,
}

const numbers: { readonly [O in BinaryOperator | 'floorDiv']: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
  floorDiv: (a, b) => Math.floor(a / b),
}

function bytesOnly(operator: BinaryOperator | 'floorDiv', call: TailCall): BinaryOperator {
  return operator === 'floorDiv' ? refuse(call, 'int32 or float32', 'quantized operands') : operator
}

/** How elements of one type become those of another. */
function convertible(from: Tensor, to: Tensor, call: TailCall): (stored: number) => number {
  if (to.quantization) {
    const type = byteTypeOf(to, call.where)
    if (!from.quantization) return real => quantizeReal(real, type)
    const own = byteTypeOf(from, call.where)
    return stored => requantize(stored, own, type)
  }
  if (!from.quantization) return value => value
  const own = byteTypeOf(from, call.where)
  return stored => dequantizeByte(stored, own)
}

const shapesOf = ({ operands }: TailCall): string =>
  operands.map(({ shape }) => shape.join('x') || 'a number').join(', ')

const without = (shape: Shape, axis: number): Shape => shape.toSpliced(axis, 1)

/** The elements before, along and behind an axis. */
function around(shape: Shape, axis: number, call: TailCall) {
  if (!(axis >= 0 && axis < shape.length)) refuse(call, `an axis below ${shape.length}`, `${axis}`)
  return {
    outer: elementCount(shape.slice(0, axis)),
    extent: shape[axis] as number,
    inner: elementCount(shape.slice(axis + 1)),
  }
}

/** The shape that two others stretch to, aligned at their last axes. */
function broadcast(a: Shape, b: Shape, call: TailCall): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const [m, n] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1]
    if (m !== n && m !== 1 && n !== 1) refuse(call, 'extents that agree or are 1', shapesOf(call))
    return Math.max(m, n)
  })
}

/** Which element of an operand belongs to element `i` of the result. */
function stretched(operand: Shape, result: Shape): (i: number) => number {
  const missing = result.length - operand.length
  return i => {
    let [index, stride, rest] = [0, 1, i]
    for (let axis = result.length - 1; axis >= missing; axis--) {
      const [extent, own] = [result[axis] as number, operand[axis - missing] as number]
      if (own !== 1) index += (rest % extent) * stride
      stride *= own
      rest = Math.floor(rest / extent)
    }
    return index
  }
}

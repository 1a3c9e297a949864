import type { DType } from '@depthwise/core'
import { type BinaryOperator, bytesPerElement } from '@depthwise/core/backend'
import type { FunctionBuilder, Local } from '../assembler/index.ts'
import { advance, clampTo, countDown, locals, repeat } from './idioms.ts'
import { type Kernel, kernel } from './kernel.ts'

/** How an operand of a binary op runs along the channels: vector by vector, or one value for all. */
export type Operand = 'vector' | 'splat'

const binaryFields = {
  a: 'i32',
  b: 'i32',
  output: 'i32',
  columns: 'i32',
  /** Bytes from column to column; 0 repeats one column. */
  aStep: 'i32',
  bStep: 'i32',
  vectors: 'i32',
} as const

/** `add`, `mul_splat_b`, ...: a row of columns of channels, either operand stretched. */
export function binaryKernel(operator: BinaryOperator, a: Operand, b: Operand): Kernel<typeof binaryFields> {
  return kernel({
    name: operator + (a === 'splat' ? '_splat_a' : '') + (b === 'splat' ? '_splat_b' : ''),
    fields: binaryFields,
    emit(f, args) {
      const [atA, atB, left] = locals(f, 3, 'i32') as [Local, Local, Local]
      const [startA, startB, output] = [args.local(f, 'a'), args.local(f, 'b'), args.local(f, 'output')]
      const columns = args.local(f, 'columns')
      const read = (at: Local, how: Operand): void => {
        f.get(at).load(how === 'splat' ? 'v128.load32_splat' : 'v128.load')
      }
      countDown(f, columns, () => {
        f.get(startA).set(atA).get(startB).set(atB)
        repeat(f, args, 'vectors', left, () => {
          f.get(output)
          read(atA, a)
          read(atB, b)
          f.op(`f32x4.${operator}`).store('v128.store')
          if (a === 'vector') advance(f, atA, 16)
          if (b === 'vector') advance(f, atB, 16)
          advance(f, output, 16)
        })
        f.get(startA)
        args.push(f, 'aStep')
        f.op('i32.add').set(startA).get(startB)
        args.push(f, 'bStep')
        f.op('i32.add').set(startB)
      })
    },
  })
}

/** `clamp`: any number of vectors. */
export const clampKernel = kernel({
  name: 'clamp',
  fields: { input: 'i32', output: 'i32', vectors: 'i32', min: 'f32', max: 'f32' },
  emit(f, args) {
    const [value, low, high] = locals(f, 3, 'v128') as [Local, Local, Local]
    const [input, output, vectors] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'vectors')]
    args.splat(f, 'min')
    f.set(low)
    args.splat(f, 'max')
    f.set(high)
    countDown(f, vectors, () => {
      f.get(input).load('v128.load').set(value)
      clampTo(f, value, low, high)
      f.get(output).get(value).store('v128.store')
      advance(f, input, 16)
      advance(f, output, 16)
    })
  },
})

/** `affine`: `x * scale[c] + offset[c]`; scales and offsets stand in pairs of vectors. */
export const affineKernel = kernel({
  name: 'affine',
  fields: { input: 'i32', output: 'i32', columns: 'i32', vectors: 'i32', factors: 'i32' },
  emit(f, args) {
    const [factors, left] = locals(f, 2, 'i32') as [Local, Local]
    const [input, output, columns] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'columns')]
    countDown(f, columns, () => {
      args.push(f, 'factors')
      f.set(factors)
      repeat(f, args, 'vectors', left, () => {
        f.get(output)
        f.get(input).load('v128.load').get(factors).load('v128.load').op('f32x4.mul')
        f.get(factors).load('v128.load', 16).op('f32x4.add').store('v128.store')
        advance(f, factors, 32)
        advance(f, input, 16)
        advance(f, output, 16)
      })
    })
  },
})

const normalizeFields = {
  input: 'i32',
  output: 'i32',
  pixels: 'i32',
  channels: 'i32',
  outputStep: 'i32',
  factors: 'i32',
} as const

/** `normalize_uint8`, ...: densely packed channels in, `x * scale[c] + offset[c]` out, one value at a time. */
export function normalizeKernel(dtype: DType): Kernel<typeof normalizeFields> {
  return kernel({
    name: `normalize_${dtype}`,
    fields: normalizeFields,
    emit(f, args) {
      const [factors, left, at] = locals(f, 3, 'i32') as [Local, Local, Local]
      const [input, output, pixels] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'pixels')]
      countDown(f, pixels, () => {
        args.push(f, 'factors')
        f.set(factors)
        args.push(f, 'channels')
        f.set(left).get(output).set(at)
        countDown(f, left, () => {
          f.get(at)
          readValue(f, input, dtype)
          f.get(factors)
            .load('f32.load')
            .op('f32.mul')
            .get(factors)
            .load('f32.load', 4)
            .op('f32.add')
            .store('f32.store')
          advance(f, factors, 8)
          advance(f, input, bytesPerElement(dtype))
          advance(f, at, 4)
        })
        f.get(output)
        args.push(f, 'outputStep')
        f.op('i32.add').set(output)
      })
    },
  })
}

function readValue(f: FunctionBuilder, at: Local, dtype: DType): void {
  f.get(at)
  if (dtype === 'float32') f.load('f32.load')
  else f.load(integerLoads[dtype]).op('f32.convert_i32_s')
}

const integerLoads = { uint8: 'i32.load8_u', int8: 'i32.load8_s', int32: 'i32.load' } as const

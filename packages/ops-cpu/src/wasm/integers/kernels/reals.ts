import type { Local } from '../../assembler/index.ts'
import { advance, countDown, locals, offset, repeat } from '../../kernels/idioms.ts'
import { type Kernel, kernel } from '../../kernels/kernel.ts'
import type { Arithmetic } from '../arithmetic.ts'
import { narrow, Requantizer } from './requantize.ts'

const pixelFields = {
  input: 'i32',
  output: 'i32',
  pixels: 'i32',
  vectors: 'i32',
  inputStep: 'i32',
  outputStep: 'i32',
} as const

/** `quantize`: pixels of float32, four channels at a time, to bytes. What is not a number becomes the zero point. */
export function quantizeKernel(arithmetic: Arithmetic): Kernel<typeof quantizeFields> {
  return kernel({
    name: 'quantize',
    fields: quantizeFields,
    emit(f, args) {
      const [value, factor] = locals(f, 2, 'v128') as [Local, Local]
      const requantizer = new Requantizer(f)
      requantizer.load(args)
      args.splat(f, 'factor')
      f.set(factor)
      const [input, output, pixels, inputStep, outputStep] = (
        ['input', 'output', 'pixels', 'inputStep', 'outputStep'] as const
      ).map(name => args.local(f, name)) as [Local, Local, Local, Local, Local]
      const [from, to, left] = locals(f, 3, 'i32') as [Local, Local, Local]
      countDown(f, pixels, () => {
        f.get(input).set(from).get(output).set(to)
        repeat(f, args, 'vectors', left, () => {
          f.get(from).load('v128.load').get(factor).op('f32x4.mul').tee(value)
          f.get(value).get(value).op('f32x4.eq').op('v128.and').set(value)
          requantizer.round(value)
          f.get(to)
          narrow(f, arithmetic, [value])
          f.laneAccess('v128.store32_lane', 0)
          advance(f, from, 16)
          advance(f, to, 4)
        })
        offset(f, input, input, inputStep)
        offset(f, output, output, outputStep)
      })
    },
  })
}

const quantizeFields = { ...pixelFields, factor: 'f32', min: 'f32', max: 'f32', zero: 'i32' } as const

/** `dequantize`: pixels of bytes, four channels at a time, to float32. */
export function dequantizeKernel(arithmetic: Arithmetic): Kernel<typeof dequantizeFields> {
  const sign = arithmetic.signed ? 's' : 'u'
  return kernel({
    name: 'dequantize',
    fields: dequantizeFields,
    emit(f, args) {
      const [zero, scale] = locals(f, 2, 'v128') as [Local, Local]
      args.splat(f, 'inputZero')
      f.set(zero)
      args.splat(f, 'scale')
      f.set(scale)
      const [input, output, pixels, inputStep, outputStep] = (
        ['input', 'output', 'pixels', 'inputStep', 'outputStep'] as const
      ).map(name => args.local(f, name)) as [Local, Local, Local, Local, Local]
      const [from, to, left] = locals(f, 3, 'i32') as [Local, Local, Local]
      countDown(f, pixels, () => {
        f.get(input).set(from).get(output).set(to)
        repeat(f, args, 'vectors', left, () => {
          f.get(to).get(from).load('v128.load32_zero')
          f.op(`i16x8.extend_low_i8x16_${sign}`).op(`i32x4.extend_low_i16x8_${sign}`)
          f.get(zero).op('i32x4.sub').op('f32x4.convert_i32x4_s').get(scale).op('f32x4.mul').store('v128.store')
          advance(f, from, 4)
          advance(f, to, 16)
        })
        offset(f, input, input, inputStep)
        offset(f, output, output, outputStep)
      })
    },
  })
}

const dequantizeFields = { ...pixelFields, inputZero: 'i32', scale: 'f32' } as const

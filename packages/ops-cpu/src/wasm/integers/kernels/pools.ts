import type { FunctionBuilder, Local } from '../../assembler/index.ts'
import { advance, countDown, locals, repeat } from '../../kernels/idioms.ts'
import { type Arguments, type Kernel, kernel } from '../../kernels/kernel.ts'
import { slide, type WindowArguments, windowFields } from '../../kernels/window.ts'
import { type Arithmetic, loadEight } from '../arithmetic.ts'
import { narrow, Requantizer } from './requantize.ts'

/** `maxpool_bytes`: padding never comes out. */
export function integerMaxPool(arithmetic: Arithmetic): Kernel<typeof windowFields> {
  const { signed } = arithmetic
  return kernel({
    name: 'maxpool_bytes',
    fields: windowFields,
    emit(f, args) {
      const best = f.local('v128')
      slide(
        f,
        args as unknown as WindowArguments,
        {
          start: () =>
            f
              .i32(signed ? -128 : 0)
              .op('i8x16.splat')
              .set(best),
          cell({ input }) {
            f.get(best)
              .get(input)
              .load('v128.load64_zero')
              .op(signed ? 'i8x16.max_s' : 'i8x16.max_u')
              .set(best)
          },
          finish: output => f.get(output).get(best).laneAccess('v128.store64_lane', 0),
        },
        8,
      )
    },
  })
}

const averageFields = {
  ...windowFields,
  /** Divisor; 0 divides by the pixels that exist. */
  area: 'i32',
  /** What padding counts as, and what memory holds beyond the dtype. */
  padding: 'i32',
  shift: 'i32',
} as const

/** `avgpool_bytes`: the rounded mean of the stored bytes, ties away from zero. Operand and result have one type. */
export function integerAveragePool(arithmetic: Arithmetic): Kernel<typeof averageFields> {
  return kernel({
    name: 'avgpool_bytes',
    fields: averageFields,
    emit(f, args) {
      const divisor = f.local('v128')
      averageOver(f, args, arithmetic, (sums, count) => {
        f.get(count).op('f64.convert_i32_s').op('f64x2.splat').set(divisor)
        for (const sum of sums) {
          divideRounded(f, sum, count, divisor)
          f.get(sum)
          args.push(f, 'shift')
          f.op('i32x4.splat').op('i32x4.add').set(sum)
        }
      })
    },
  })
}

const restatedFields = {
  ...averageFields,
  /** Scale of the operand in steps of the result, and both zero points. */
  ratio: 'f32',
  from: 'f32',
  to: 'f32',
  min: 'f32',
  max: 'f32',
  zero: 'i32',
} as const

/** `avgpool_restated_bytes`: the mean in another type, by the factors that `meanFactors` of core gives for the pixels that count. */
export function integerRestatedPool(arithmetic: Arithmetic): Kernel<typeof restatedFields> {
  return kernel({
    name: 'avgpool_restated_bytes',
    fields: restatedFields,
    emit(f, args) {
      const requantizer = new Requantizer(f)
      const [scale, area] = locals(f, 2, 'f32') as [Local, Local]
      averageOver(f, args as unknown as Arguments<typeof averageFields>, arithmetic, (sums, count) => {
        f.get(count).op('f32.convert_i32_s').set(area)
        args.push(f, 'ratio')
        f.f32(1).get(area).op('f32.div').op('f32.mul').set(scale)
        requantizer.load(args)
        for (const sum of sums) {
          f.get(sum).op('f32x4.convert_i32x4_s').get(scale).op('f32x4.splat').op('f32x4.mul')
          args.push(f, 'to')
          f.get(area)
          args.push(f, 'from')
          f.op('f32.mul').get(scale).op('f32.mul').op('f32.sub').op('f32x4.splat').op('f32x4.add').set(sum)
          requantizer.round(sum)
        }
      })
    },
  })
}

/** Sums of the stored bytes under each window, which `finish` turns into bytes in memory. */
function averageOver(
  f: FunctionBuilder,
  args: Arguments<typeof averageFields>,
  arithmetic: Arithmetic,
  finish: (sums: readonly [Local, Local], count: Local) => void,
): void {
  const sums = locals(f, 2, 'v128') as unknown as readonly [Local, Local]
  const [pixel, term] = locals(f, 2, 'v128') as [Local, Local]
  const [seen, count] = locals(f, 2, 'i32') as [Local, Local]
  slide(
    f,
    args as unknown as WindowArguments,
    {
      start() {
        for (const sum of sums) f.i32(0).op('i32x4.splat').set(sum)
        f.i32(0).set(seen)
      },
      cell({ input }) {
        addEight(f, arithmetic, input, pixel, sums)
        advance(f, seen, 1)
      },
      finish(output) {
        args.push(f, 'area')
        f.get(seen)
        args.push(f, 'area')
        f.select().set(count)
        // Padding that counts, less what every byte in memory has beyond its dtype.
        args.push(f, 'padding')
        f.get(count).get(seen).op('i32.sub').op('i32.mul')
        args.push(f, 'shift')
        f.get(seen).op('i32.mul').op('i32.sub').op('i32x4.splat').set(term)
        for (const sum of sums) f.get(sum).get(term).op('i32x4.add').set(sum)
        finish(sums, count)
        f.get(output)
        narrow(f, arithmetic, sums)
        f.laneAccess('v128.store64_lane', 0)
      },
    },
    8,
  )
}

/** Adds eight bytes to two vectors of sums. */
function addEight(
  f: FunctionBuilder,
  arithmetic: Arithmetic,
  input: Local,
  pixel: Local,
  [low, high]: readonly [Local, Local],
): void {
  const sign = arithmetic.signed ? 's' : 'u'
  f.get(input).load(loadEight(arithmetic)).tee(pixel).op(`i32x4.extend_low_i16x8_${sign}`)
  f.get(low).op('i32x4.add').set(low)
  f.get(pixel).op(`i32x4.extend_high_i16x8_${sign}`).get(high).op('i32x4.add').set(high)
}

const upperHalf = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]
const bothHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]

/** `sum = trunc((sum ± count / 2) / count)`, the half rounded down and of the sum's sign; in float64, which is exact here. */
function divideRounded(f: FunctionBuilder, sum: Local, count: Local, divisor: Local): void {
  const sign = f.local('v128')
  f.get(sum).i32(31).op('i32x4.shr_s').set(sign)
  f.get(count).i32(1).op('i32.shr_u').op('i32x4.splat').get(sign).op('v128.xor').get(sign).op('i32x4.sub')
  f.get(sum).op('i32x4.add').set(sum)
  const quotient = (): FunctionBuilder =>
    f.op('f64x2.convert_low_i32x4_s').get(divisor).op('f64x2.div').op('i32x4.trunc_sat_f64x2_s_zero')
  f.get(sum)
  quotient()
  f.get(sum).get(sum).shuffle(upperHalf)
  quotient().shuffle(bothHalves).set(sum)
}

/** `mean_bytes`: the mean over all pixels, in steps of the result: `sum * scale + offset` in float32. */
export function integerMean(arithmetic: Arithmetic): Kernel<typeof meanFields> {
  return kernel({
    name: 'mean_bytes',
    fields: meanFields,
    emit(f, args) {
      const sums = locals(f, 2, 'v128') as [Local, Local]
      const [pixel, scale, term] = locals(f, 3, 'v128') as [Local, Local, Local]
      const [at, left] = locals(f, 2, 'i32') as [Local, Local]
      const [input, output, vectors, pixelBytes] = (['input', 'output', 'vectors', 'pixelBytes'] as const).map(name =>
        args.local(f, name),
      ) as [Local, Local, Local, Local]
      const requantizer = new Requantizer(f)
      requantizer.load(args)
      args.splat(f, 'scale')
      f.set(scale)
      args.splat(f, 'offset')
      f.set(term)
      countDown(f, vectors, () => {
        for (const sum of sums) {
          args.splat(f, 'start')
          f.set(sum)
        }
        f.get(input).set(at)
        repeat(f, args, 'pixels', left, () => {
          addEight(f, arithmetic, at, pixel, sums)
          advance(f, at, pixelBytes)
        })
        for (const sum of sums) {
          f.get(sum).op('f32x4.convert_i32x4_s').get(scale).op('f32x4.mul').get(term).op('f32x4.add').set(sum)
          requantizer.round(sum)
        }
        f.get(output)
        narrow(f, arithmetic, sums)
        f.laneAccess('v128.store64_lane', 0)
        advance(f, input, 8)
        advance(f, output, 8)
      })
    },
  })
}

const meanFields = {
  input: 'i32',
  output: 'i32',
  pixels: 'i32',
  vectors: 'i32',
  pixelBytes: 'i32',
  /** What turns a sum of bytes in memory into one of the dtype. */
  start: 'i32',
  scale: 'f32',
  offset: 'f32',
  min: 'f32',
  max: 'f32',
  zero: 'i32',
} as const

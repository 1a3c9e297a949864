import type { FunctionBuilder, Local } from '../../assembler/index.ts'
import { advance, countDown, locals, offset, repeat } from '../../kernels/idioms.ts'
import { kernel } from '../../kernels/kernel.ts'

/**
 * `softmax_bytes`: rows of bytes through a table of exponentials of the difference from the row's largest byte; their sum goes
 * from first to last, in float32. One channel at a time: rows are short, and their order is part of the answer.
 */
export const integerSoftmax = kernel({
  name: 'softmax_bytes',
  fields: {
    input: 'i32',
    output: 'i32',
    runs: 'i32',
    channels: 'i32',
    step: 'i32',
    /** 256 floats. */
    table: 'i32',
    /** Flips the top bit of signed bytes, so that they compare as unsigned ones; 0 or 128. */
    flip: 'i32',
    /** Scale of the result. */
    scale: 'f32',
    /** Whether a half is added in float32 before the fraction is cut off, as TFLite does for uint8, or in float64. */
    halves: 'i32',
    /** What is added to the rounded probability, and the bounds of the sum. */
    zero: 'i32',
    min: 'i32',
    max: 'i32',
  },
  emit(f, args) {
    const [input, output, runs, step, table, flip] = (
      ['input', 'output', 'runs', 'step', 'table', 'flip'] as const
    ).map(name => args.local(f, name)) as [Local, Local, Local, Local, Local, Local]
    const [at, to, left, byte, most, value] = locals(f, 6, 'i32') as [Local, Local, Local, Local, Local, Local]
    const [sum, steps] = locals(f, 2, 'f32') as [Local, Local]
    const loadByte = (): FunctionBuilder => f.get(at).load('i32.load8_u').get(flip).op('i32.xor')
    const larger = (a: Local, b: Local): FunctionBuilder => f.get(a).get(b).get(a).get(b).op('i32.gt_s').select()
    const exponential = (): void => {
      f.get(most)
      loadByte().op('i32.sub').i32(4).op('i32.mul').get(table).op('i32.add').load('f32.load')
    }
    const bound = f.local('i32')
    countDown(f, runs, () => {
      f.get(input).set(at).i32(0).set(most)
      repeat(f, args, 'channels', left, () => {
        loadByte().set(byte)
        larger(byte, most).set(most)
        advance(f, at, 1)
      })
      f.get(input).set(at).f32(0).set(sum)
      repeat(f, args, 'channels', left, () => {
        f.get(sum)
        exponential()
        f.op('f32.add').set(sum)
        advance(f, at, 1)
      })
      f.f32(1).get(sum)
      args.push(f, 'scale')
      f.op('f32.mul').op('f32.div').set(sum)
      f.get(input).set(at).get(output).set(to)
      repeat(f, args, 'channels', left, () => {
        exponential()
        f.get(sum).op('f32.mul').set(steps)
        args.push(f, 'halves')
        f.if(
          () => f.get(steps).f32(0.5).op('f32.add').op('i32.trunc_sat_f32_s'),
          () => f.get(steps).op('f64.promote_f32').f64(0.5).op('f64.add').op('i32.trunc_sat_f64_s'),
          'i32',
        )
        args.push(f, 'zero')
        f.op('i32.add').set(value)
        args.push(f, 'min')
        f.set(bound)
        larger(value, bound).set(value)
        args.push(f, 'max')
        f.set(bound)
        f.get(to).get(value).get(bound).get(value).get(bound).op('i32.lt_s').select().store('i32.store8')
        advance(f, at, 1)
        advance(f, to, 1)
      })
      offset(f, input, input, step)
      offset(f, output, output, step)
    })
  },
})

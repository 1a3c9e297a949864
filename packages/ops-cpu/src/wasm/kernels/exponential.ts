import type { Func, Local } from '../assembler/index.ts'
import { advance, countDown, locals } from './idioms.ts'
import { type KernelScope, kernel } from './kernel.ts'

// ln 2 in two parts: the first has so few bits that n * ln2High is exact (Cody and Waite's argument reduction).
const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10
const terms = 13

/** `exp(x)` in float64: x = n ln 2 + r, the Taylor series of r in [-0.35, 0.35], times 2^n. Good to the last bits of float32. */
export function exponential({ module, helper }: KernelScope): Func {
  return helper('exp', () =>
    module.func('exp', ['f64'], ['f64'], (f, x) => {
      const [n, r, sum] = locals(f, 3, 'f64') as [Local, Local, Local]
      f.get(x as Local)
        .f64(-708)
        .op('f64.max')
        .f64(709)
        .op('f64.min')
        .tee(r)
      f.f64(Math.LOG2E).op('f64.mul').op('f64.nearest').set(n)
      f.get(r).get(n).f64(ln2High).op('f64.mul').op('f64.sub').get(n).f64(ln2Low).op('f64.mul').op('f64.sub').set(r)
      f.f64(1).set(sum)
      for (let k = terms; k >= 1; k--)
        f.get(sum)
          .get(r)
          .op('f64.mul')
          .f64(1 / k)
          .op('f64.mul')
          .f64(1)
          .op('f64.add')
          .set(sum)
      f.get(n).op('i64.trunc_sat_f64_s').i64(1023).op('i64.add').i64(52).op('i64.shl').op('f64.reinterpret_i64')
      f.get(sum).op('f64.mul')
    }),
  )
}

export const sigmoidKernel = kernel({
  name: 'sigmoid',
  fields: { input: 'i32', output: 'i32', count: 'i32' },
  emit(f, args, scope) {
    const exp = exponential(scope)
    const [input, output, count] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'count')]
    countDown(f, count, () => {
      f.get(output).f64(1).f64(1)
      f.get(input).load('f32.load').op('f64.promote_f32').op('f64.neg').call(exp)
      f.op('f64.add').op('f64.div').op('f32.demote_f64').store('f32.store')
      advance(f, input, 4)
      advance(f, output, 4)
    })
  },
})

/** `softmax`: over runs of `channels` floats, `step` bytes apart; the largest is subtracted first. */
export const softmaxKernel = kernel({
  name: 'softmax',
  fields: { input: 'i32', output: 'i32', runs: 'i32', channels: 'i32', step: 'i32' },
  emit(f, args, scope) {
    const exp = exponential(scope)
    const largest = f.local('f32')
    const [sum, value] = locals(f, 2, 'f64') as [Local, Local]
    const [from, to, left] = locals(f, 3, 'i32') as [Local, Local, Local]
    const [input, output, runs] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'runs')]
    const channels = args.local(f, 'channels')
    const each = (body: () => void): void => {
      f.get(input).set(from).get(output).set(to).get(channels).set(left)
      countDown(f, left, () => {
        body()
        advance(f, from, 4)
        advance(f, to, 4)
      })
    }
    countDown(f, runs, () => {
      f.f32(-Infinity).set(largest).f64(0).set(sum)
      each(() => f.get(largest).get(from).load('f32.load').op('f32.max').set(largest))
      const exponentOf = (): void => {
        f.get(from).load('f32.load').op('f64.promote_f32').get(largest).op('f64.promote_f32').op('f64.sub').call(exp)
      }
      each(() => {
        exponentOf()
        f.get(sum).op('f64.add').set(sum)
      })
      each(() => {
        exponentOf()
        f.get(sum).op('f64.div').set(value).get(to).get(value).op('f32.demote_f64').store('f32.store')
      })
      f.get(input)
      args.push(f, 'step')
      f.op('i32.add').set(input).get(output)
      args.push(f, 'step')
      f.op('i32.add').set(output)
    })
  },
})

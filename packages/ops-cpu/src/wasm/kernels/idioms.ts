import type { FunctionBuilder, Local } from '../assembler/index.ts'
import type { Arguments, Fields } from './kernel.ts'

/** `local += amount`, in i32. */
export function advance(f: FunctionBuilder, local: Local, amount: number | Local): void {
  f.get(local)
  if (typeof amount === 'number') f.i32(amount)
  else f.get(amount)
  f.op('i32.add').set(local)
}

/** `to = from + amount`, in i32. */
export function offset(f: FunctionBuilder, to: Local, from: Local, amount: Local): void {
  f.get(from).get(amount).op('i32.add').set(to)
}

/** Runs `body` while `counter`, which is at least 1, counts down to 0. */
export function countDown(f: FunctionBuilder, counter: Local, body: () => void): void {
  f.loop(again => {
    body()
    f.get(counter).i32(1).op('i32.sub').tee(counter)
    f.brIf(again)
  })
}

/** Runs `body` as many times as an argument says, at least once, on a counter of the caller's. */
export function repeat<F extends Fields>(
  f: FunctionBuilder,
  args: Arguments<F>,
  times: keyof F,
  counter: Local,
  body: () => void,
): void {
  args.push(f, times)
  f.set(counter)
  countDown(f, counter, body)
}

/** `accumulator += a * b`, lane by lane; one rounding with relaxed SIMD where the machine has FMA, else two. */
export function multiplyAdd(f: FunctionBuilder, relaxed: boolean, accumulator: Local, a: Local, b: Local): void {
  f.get(a).get(b)
  if (relaxed) f.get(accumulator).op('f32x4.relaxed_madd')
  else f.op('f32x4.mul').get(accumulator).op('f32x4.add')
  f.set(accumulator)
}

/**
 * `value = min(max(value, low), high)`. The pseudo-minimum and -maximum are one instruction on every machine, and with the
 * operands in this order a NaN stays one.
 */
export function clampTo(f: FunctionBuilder, value: Local, low: Local, high: Local): void {
  f.get(value).get(low).op('f32x4.pmax').get(high).op('f32x4.pmin').set(value)
}

/** As many locals of one type. */
export function locals(f: FunctionBuilder, count: number, type: Local['type']): readonly Local[] {
  return Array.from({ length: count }, () => f.local(type))
}

import type { FunctionBuilder, Local } from '../../assembler/index.ts'
import { advance, countDown, locals, offset } from '../../kernels/idioms.ts'
import { type Kernel, kernel } from '../../kernels/kernel.ts'
import { type Arithmetic, loadEight } from '../arithmetic.ts'
import { narrow } from './requantize.ts'

/** How an operand meets the eight channels of a vector: it has them, or one value for all of them. */
export type Stretch = 'vector' | 'splat'

/** `sum_bytes`: `((a * factorA + b * factorB + term) >> shift) + zero`, saturated: pixels of vectors of eight channels. */
export function sumKernel(arithmetic: Arithmetic, a: Stretch, b: Stretch): Kernel<typeof fields> {
  const stretched = (name: string, stretch: Stretch): string => (stretch === 'splat' ? `_${name}_splat` : '')
  return kernel({
    name: `sum_bytes${stretched('a', a)}${stretched('b', b)}`,
    fields,
    emit(f, args) {
      const [startA, startB, output, columns, aStep, bStep] = (
        ['a', 'b', 'output', 'columns', 'aStep', 'bStep'] as const
      ).map(name => args.local(f, name)) as [Local, Local, Local, Local, Local, Local]
      const [atA, atB, left, shift] = [...locals(f, 3, 'i32'), args.local(f, 'shift')] as [Local, Local, Local, Local]
      const [x, y, low, high, factorA, factorB, term, zero] = locals(f, 8, 'v128') as readonly Local[] as [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ]
      for (const [local, name] of [
        [factorA, 'factorA'],
        [factorB, 'factorB'],
        [term, 'term'],
        [zero, 'zero'],
      ] as const) {
        args.splat(f, name)
        f.set(local)
      }
      const sign = arithmetic.signed ? 's' : 'u'
      const half = (value: Local, factor: Local, which: 'low' | 'high'): FunctionBuilder =>
        f.get(value).op(`i32x4.extend_${which}_i16x8_${sign}`).get(factor).op('i32x4.mul')
      countDown(f, columns, () => {
        f.get(startA).set(atA).get(startB).set(atB)
        args.push(f, 'vectors')
        f.set(left)
        countDown(f, left, () => {
          loadOperand(f, arithmetic, atA, a, x)
          loadOperand(f, arithmetic, atB, b, y)
          for (const [which, sum] of [
            ['low', low],
            ['high', high],
          ] as const) {
            half(x, factorA, which)
            half(y, factorB, which).op('i32x4.add').get(term).op('i32x4.add')
            f.get(shift).op('i32x4.shr_s').get(zero).op('i32x4.add').set(sum)
          }
          f.get(output)
          narrow(f, arithmetic, [low, high])
          f.laneAccess('v128.store64_lane', 0)
          advance(f, output, 8)
          if (a === 'vector') advance(f, atA, 8)
          if (b === 'vector') advance(f, atB, 8)
        })
        offset(f, startA, startA, aStep)
        offset(f, startB, startB, bStep)
      })
    },
  })
}

function loadOperand(f: FunctionBuilder, arithmetic: Arithmetic, at: Local, stretch: Stretch, to: Local): void {
  if (stretch === 'vector') f.get(at).load(loadEight(arithmetic)).set(to)
  else
    f.get(at)
      .load(arithmetic.signed ? 'i32.load8_s' : 'i32.load8_u')
      .op('i16x8.splat')
      .set(to)
}

const fields = {
  a: 'i32',
  b: 'i32',
  output: 'i32',
  columns: 'i32',
  aStep: 'i32',
  bStep: 'i32',
  vectors: 'i32',
  factorA: 'i32',
  factorB: 'i32',
  /** What rounds the shift, less both zero points times their factors. */
  term: 'i32',
  shift: 'i32',
  zero: 'i32',
} as const

import type { OpOf, UnaryOperator } from '@depthwise/core/backend'
import type { FunctionBuilder } from '../assembler/index.ts'
import { exponential } from '../kernels/exponential.ts'
import { advance, countDown } from '../kernels/idioms.ts'
import { type Kernel, type KernelScope, kernel } from '../kernels/kernel.ts'
import type { Lowered } from '../lower/lowering.ts'
import type { ShapedSite } from '../lower/shaped.ts'

const fields = { input: 'i32', output: 'i32', count: 'i32' } as const

/** From the float32 on the stack to that of the result. */
const functions: { readonly [O in UnaryOperator]: (f: FunctionBuilder, scope: KernelScope) => void } = {
  exp: (f, scope) => f.op('f64.promote_f32').call(exponential(scope)).op('f32.demote_f64'),
  sqrt: f => f.op('f32.sqrt'),
}

/** `exp`, `sqrt`, ...: any number of floats, one by one. */
function unaryKernel(operator: UnaryOperator): Kernel<typeof fields> {
  return kernel({
    name: operator,
    fields,
    emit(f, args, scope) {
      const [input, output, count] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'count')]
      countDown(f, count, () => {
        f.get(output).get(input).load('f32.load')
        functions[operator](f, scope)
        f.store('f32.store')
        advance(f, input, 4)
        advance(f, output, 4)
      })
    },
  })
}

export function lowerUnary({ output }: ShapedSite, { operator }: OpOf<'unary'>): Lowered {
  const kernel = unaryKernel(operator)
  return {
    kernel: operator,
    scratchBytes: 0,
    emit({ program }, { inputs: [from], output: to }) {
      program.share(output.bytes / 4, 64, (thread, first, last) =>
        program.record(thread, kernel, { input: from! + 4 * first, output: to + 4 * first, count: last - first }),
      )
    },
  }
}

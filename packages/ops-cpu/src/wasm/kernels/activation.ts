import type { Activation } from '@depthwise/core/backend'
import type { FunctionBuilder, Local } from '../assembler/index.ts'
import { advance, countDown } from './idioms.ts'
import { type Kernel, kernel } from './kernel.ts'

/** What a product's kernel does to its sums before it stores them. */
export type StoreActivation = Activation['kind']

type Apply = (f: FunctionBuilder, value: Local) => void

/**
 * How each activation is applied to a vector in a register. A clamp is the exception: its bounds stand in the record, and
 * kernels that clamp also serve products without an activation.
 */
const applied: { readonly [K in StoreActivation]: Apply | null } = {
  clamp: null,
  // x * pmin(pmax(x / 6 + 0.5, 0), 1), which keeps a NaN one.
  hardSwish(f, value) {
    const each = (number: number): FunctionBuilder => f.f32(number).op('f32x4.splat')
    f.get(value).get(value)
    each(1 / 6).op('f32x4.mul')
    each(0.5).op('f32x4.add')
    each(0).op('f32x4.pmax')
    each(1).op('f32x4.pmin').op('f32x4.mul').set(value)
  },
}

/** Applies an activation to sums in registers, unless it is a clamp, which is left to the kernel: then returns false. */
export function activate(f: FunctionBuilder, activation: StoreActivation, sums: readonly Local[]): boolean {
  const apply = applied[activation]
  if (!apply) return false
  for (const sum of sums) apply(f, sum)
  return true
}

/** `hardSwish`, ...: any number of vectors, of an activation that is no clamp. */
export function activationKernel(activation: StoreActivation): Kernel<typeof activationFields> {
  return kernel({
    name: activation,
    fields: activationFields,
    emit(f, args) {
      const value = f.local('v128')
      const [input, output, vectors] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'vectors')]
      countDown(f, vectors, () => {
        f.get(input).load('v128.load').set(value)
        activate(f, activation, [value])
        f.get(output).get(value).store('v128.store')
        advance(f, input, 16)
        advance(f, output, 16)
      })
    },
  })
}

const activationFields = { input: 'i32', output: 'i32', vectors: 'i32' } as const

/** The part of a kernel's name that says what it applies. */
export const activationSuffix = (activation: StoreActivation): string => (applied[activation] ? `_${activation}` : '')

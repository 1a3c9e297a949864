import type { Activation } from '@depthwise/core'
import type { FunctionBuilder, Local } from '../assembler/index.ts'

/** What a product's kernel does to its sums before it stores them. */
export type StoreActivation = Activation['kind']

type Apply = (f: FunctionBuilder, value: Local) => void

/**
 * How each activation is applied to a vector in a register. A clamp is the exception: its bounds stand in the record, and
 * kernels that clamp also serve products without an activation.
 */
const applied: { readonly [K in StoreActivation]: Apply | null } = {
  clamp: null,
}

/** Applies an activation to sums in registers, unless it is a clamp, which is left to the kernel: then returns false. */
export function activate(f: FunctionBuilder, activation: StoreActivation, sums: readonly Local[]): boolean {
  const apply = applied[activation]
  if (!apply) return false
  for (const sum of sums) apply(f, sum)
  return true
}

/** The part of a kernel's name that says what it applies. */
export const activationSuffix = (activation: StoreActivation): string => (applied[activation] ? `_${activation}` : '')

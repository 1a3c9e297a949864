import type { Activation } from '@depthwise/core/backend'
import type { Layout } from '../plan/layout.ts'
import { activated, activationSuffix, keepsZero as keepsZeroOf } from './activation.ts'
import { type Binding, reads, writes } from './kernel.ts'
import { load, masked, stored } from './wgsl.ts'

/** One thing done to a result in registers: an activation, or the sum with another value of its shape. */
export type EpilogueOp = Activation | { readonly kind: 'add'; readonly operand: Layout }

/** What follows a result before it is stored, in order. Every store goes through `store`. */
export type Epilogue = readonly EpilogueOp[]

/** Most values an epilogue may add: with the kernel's own they stay within the eight buffers every adapter binds. */
export const maxAdded = 4

/** The buffers an epilogue reads, `t0`, `t1`, ..., and the one the result goes to, `y`. */
export function epilogueBindings(epilogue: Epilogue): readonly Binding[] {
  return epilogue.flatMap(op => (op.kind === 'add' ? [op.operand] : [])).map((operand, i) => reads(`t${i}`, operand))
}

export const resultBinding = (output: Layout): Binding => writes('y', output)

/**
 * `y[at] = epilogue(value)`; `group` counts the vectors of a row. `keepsZero`: the value is zero behind the last channel.
 */
export function store(
  epilogue: Epilogue,
  output: Layout,
  value: string,
  { at, group, keepsZero = true }: { readonly at: string; readonly group: string; readonly keepsZero?: boolean },
): string {
  let result = value
  let added = 0
  let zero = keepsZero
  for (const op of epilogue) {
    if (op.kind === 'add') {
      result = `(${result} + ${load(op.operand, `t${added}[${at}]`)})`
      added += 1
    } else {
      result = activated(result, op)
      zero &&= keepsZeroOf(op)
    }
  }
  return `y[${at}] = ${stored(output, zero ? result : masked(output, result, group))};`
}

/** The part of a kernel's name that says what is fused. */
export function epilogueName(epilogue: Epilogue, { dtype }: Layout): string {
  const words = epilogue.map(op => (op.kind === 'add' ? '_add' : activationSuffix(op)))
  return `${words.join('')}${dtype === 'float16' ? '_f16' : ''}`
}

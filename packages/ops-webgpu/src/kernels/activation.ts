import type { Activation, OpOf } from '@depthwise/core/backend'
import { boundsName, clamped } from './wgsl.ts'

/** An activation as WGSL applies it to a vector in a register. */
interface Row<A extends Activation> {
  readonly apply: (value: string, op: A) => string
  /** Whether it leaves zeros what they are: there are some behind the last channel. */
  readonly keepsZero: (op: A) => boolean
  /** What it adds to a kernel's name. */
  readonly suffix: (op: A) => string
}

const rows: { readonly [K in Activation['kind']]: Row<OpOf<K>> } = {
  clamp: { apply: clamped, keepsZero: ({ min, max }) => min <= 0 && max >= 0, suffix: boundsName },
  hardSwish: {
    apply: value => `(${value} * min(max(${value} / 6.0 + 0.5, vec4f()), vec4f(1.0)))`,
    keepsZero: () => true,
    suffix: () => '_hardSwish',
  },
}

const rowOf = (op: Activation): Row<Activation> => rows[op.kind] as Row<Activation>

export const activated = (value: string, op: Activation): string => rowOf(op).apply(value, op)
export const keepsZero = (op: Activation): boolean => rowOf(op).keepsZero(op)
export const activationSuffix = (op: Activation): string => rowOf(op).suffix(op)

import type { Op } from '@depthwise/core'
import { foldConstants, type HeadKind, type OpOf, type UnaryOperator } from '@depthwise/core/backend'
import { map } from '../kernels/elementwise.ts'
import type { HeadLowering } from '../plan/head-lowering.ts'
import type { Layout } from '../plan/layout.ts'
import type { Launch, LoweringContext } from '../plan/rules.ts'
import { lowerConstant } from './constant.ts'
import { lowerDepthToSpace } from './depth-to-space.ts'
import { lowerResize } from './resize.ts'

type Rule<K extends HeadKind> = (op: OpOf<K>, context: LoweringContext) => Launch | readonly Launch[]

/** Whether the function of 0 is 0. */
const keepsZero: { readonly [O in UnaryOperator]: boolean } = { exp: false, sqrt: true }

/** One row an op of heads. A new op without its row does not compile. No head takes an epilogue. */
const rules: { readonly [K in HeadKind]: Rule<K> } = {
  unary: ({ operator }, { operands, output, epilogue }) => ({
    kernel: map(
      { input: operands[0] as Layout, output, epilogue },
      { name: operator, value: x => `${operator}(${x})`, keepsZero: keepsZero[operator] },
    ),
  }),
  constant: lowerConstant,
  resize: lowerResize,
  depthToSpace: lowerDepthToSpace,
}

export const headLowering: HeadLowering = {
  prepare: foldConstants,
  launches(context) {
    const { op } = context.node as { readonly op: Extract<Op, { readonly kind: HeadKind }> }
    const rule = rules[op.kind] as Rule<HeadKind>
    return [rule(op, context)].flat()
  },
}

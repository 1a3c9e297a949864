import type { Op } from '@depthwise/core'
import type { OpOf, QuantizedHeadKind } from '@depthwise/core/backend'
import type { HeadIntegerLowering } from '../integers/head-lowering.ts'
import type { IntegerContext } from '../integers/site.ts'
import type { Launch } from '../plan/rules.ts'
import { lowerDepthToSpace } from './depth-to-space.ts'
import { lowerIntegerResize } from './resize-bytes.ts'

type Rule<K extends QuantizedHeadKind> = (op: OpOf<K>, context: IntegerContext) => Launch | readonly Launch[]

/** One row an op of heads that may be quantized. A new op without its row does not compile. */
const rules: { readonly [K in QuantizedHeadKind]: Rule<K> } = {
  resize: lowerIntegerResize,
  depthToSpace: lowerDepthToSpace,
}

export const headIntegerLowering: HeadIntegerLowering = {
  launches(context) {
    const { op } = context.node as { readonly op: Extract<Op, { readonly kind: QuantizedHeadKind }> }
    const rule = rules[op.kind] as Rule<QuantizedHeadKind>
    return [rule(op, context)].flat()
  },
}

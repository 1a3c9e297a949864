import type { Op } from '@depthwise/core'
import type { OpOf, QuantizedHeadKind } from '@depthwise/core/backend'
import { withHeadSet } from '../assembler/head-set.ts'
import type { HeadIntegerLowering } from '../integers/head-lowering.ts'
import type { IntegerSite } from '../integers/lower/site.ts'
import type { Lowered } from '../lower/lowering.ts'
import { lowerDepthToSpace } from './depth-to-space.ts'
import { lowerIntegerResize } from './resize-bytes.ts'

/** One row an op of heads that may be quantized. A new op without its row does not compile. */
const rules: { readonly [K in QuantizedHeadKind]: (site: IntegerSite, op: OpOf<K>) => Lowered } = {
  resize: lowerIntegerResize,
  depthToSpace: lowerDepthToSpace,
}

export const headIntegerLowering: HeadIntegerLowering = {
  instructions: withHeadSet,
  lower(site) {
    const { op } = site.node as { readonly op: Extract<Op, { readonly kind: QuantizedHeadKind }> }
    const rule = rules[op.kind] as (site: IntegerSite, op: Op) => Lowered
    return rule(site, op)
  },
}

import type { Op } from '@depthwise/core'
import { foldConstants, type HeadKind, type OpOf } from '@depthwise/core/backend'
import { withHeadSet } from '../assembler/head-set.ts'
import type { HeadLowering } from '../lower/head-lowering.ts'
import type { Lowered } from '../lower/lowering.ts'
import type { ShapedSite } from '../lower/shaped.ts'
import { lowerConstant } from './constant.ts'
import { lowerDepthToSpace } from './depth-to-space.ts'
import { lowerResize } from './resize.ts'
import { lowerUnary } from './unary.ts'

type Rule<K extends HeadKind> = (site: ShapedSite, op: OpOf<K>) => Lowered

/** One row an op of heads. A new op without its row does not compile. */
const rules: { readonly [K in HeadKind]: Rule<K> } = {
  unary: lowerUnary,
  constant: (site, op) => lowerConstant(site, op),
  resize: lowerResize,
  depthToSpace: lowerDepthToSpace,
}

export const headLowering: HeadLowering = {
  instructions: withHeadSet,
  prepare: foldConstants,
  constant: lowerConstant,
  lower(site) {
    const { op } = site.node as { readonly op: Extract<Op, { readonly kind: HeadKind }> }
    const rule = rules[op.kind] as Rule<HeadKind>
    return rule(site, op)
  },
}

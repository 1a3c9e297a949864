import type { OpOf } from '@depthwise/core/backend'
import { depthToSpaceOptions } from '../schema.ts'
import { int32 } from './flatbuffer.ts'
import { optionsOf, type Step, type Written } from './step.ts'

/** The operator has square blocks, and gives all of them. */
export function depthToSpace({ block, size }: OpOf<'depthToSpace'>, step: Step): Written {
  const { shape } = step.first
  const isWhole = size.every((extent, axis) => extent === (shape[axis + 1] as number) * (block[axis] as number))
  if (block[0] !== block[1] || !isWhole) {
    throw step.unsupported('square blocks, all of which are given', `${block.join('x')} to ${size.join('x')}`)
  }
  return step.result('DEPTH_TO_SPACE', step.first, {
    options: optionsOf(depthToSpaceOptions, { block_size: int32(block[0]) }),
  })
}

import type { OpOf } from '@depthwise/core/backend'
import type { Step } from './step.ts'

/** DepthToSpace where blocks are square, else the reshapes it stands for; then a slice where a part of a block is left out. */
export function depthToSpace({ block, size }: OpOf<'depthToSpace'>, step: Step): void {
  const [, height, width] = step.first.shape as readonly [number, number, number]
  const channels = step.node.shape[3] as number
  const [rows, columns] = block
  const whole = [height * rows, width * columns]
  const isWhole = whole.every((extent, axis) => extent === size[axis])
  type Give = (opType: string, inputs: readonly string[], attributes?: Parameters<Step['result']>[2]) => string
  const last: Give = (...given) => {
    step.result(...given)
    return ''
  }
  const give: Give = isWhole ? last : (...given) => step.between('blocks', ...given)
  const image = step.operand(0)
  const blocks = ((): string => {
    if (rows === columns) return give('DepthToSpace', [image], { blocksize: rows, mode: { text: 'DCR' } })
    const parts = step.between('parts', 'Reshape', [
      image,
      step.file.integers([0, rows, columns, channels, height, width]),
    ])
    const ordered = step.between('ordered', 'Transpose', [parts], { perm: [0, 3, 4, 1, 5, 2] })
    return give('Reshape', [ordered, step.file.integers([0, channels, ...whole])])
  })()
  if (isWhole) return
  step.result('Slice', [blocks, step.file.integers([0, 0]), step.file.integers(size), step.file.integers([2, 3])])
}

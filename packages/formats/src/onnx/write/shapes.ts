import type { OpOf } from '@depthwise/core/backend'
import { isSameEitherWay, planarFromOurs, reorder } from '../layout.ts'
import type { Step } from './step.ts'
import { workingForm } from './values.ts'

/** Elements keep the order of the graph, NHWC; a shape of 0 stands for the operand's own extent, here the batch. */
export function reshape({ target }: OpOf<'reshape'>, step: Step): void {
  const source = step.values.realsOf(step.first, step.values.readElements(step.first))
  const shape = [0, ...target]
  const planar = shape.length === 4 && isSameEitherWay(step.node.shape)
  const to = step.file.integers(planar ? reorder(shape, planarFromOurs) : shape)
  step.result('Reshape', [source, to], {}, planar ? 'planar' : 'ours')
}

export function pad({ pads, value }: OpOf<'pad'>, step: Step): void {
  const axes = workingForm(step.node) === 'planar' ? reorder(pads, planarFromOurs) : pads
  const amounts = step.file.integers([...axes.map(([before]) => before), ...axes.map(([, after]) => after)])
  step.result('Pad', [step.operand(0), amounts, step.file.list([value], [])])
}

export function concat(op: OpOf<'concat'>, step: Step): void {
  const axis = workingForm(step.node) === 'planar' ? planarFromOurs.indexOf(op.axis) : op.axis
  step.result(
    'Concat',
    step.operands.map((_, position) => step.operand(position)),
    { axis },
  )
}

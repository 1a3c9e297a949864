import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { type SliceRange, sliceRange } from '../../../slice-range.ts'
import { type Constant, folded } from '../constant.ts'
import type { Operation } from '../operation.ts'

/** Part of a constant, axis by axis; steps may be negative. */
export function slice(operation: Operation): Constant {
  const data = operation.constant(0)
  const starts = operation.listSince(10, 1, 'starts') ?? []
  const ends = operation.listSince(10, 2, 'ends') ?? []
  const given = operation.listSince(10, 3, 'axes') ?? starts.map((_, i) => i)
  const steps = operation.opset >= 10 && operation.has(4) ? operation.list(4) : starts.map(() => 1)
  if ([ends, given, steps].some(list => list.length !== starts.length)) {
    throw operation.malformed(`${starts.length} ends, axes and steps`, `${[ends.length, given.length, steps.length]}`)
  }
  const axes = [...operation.axes(given, data.shape.length)]
  const ranges = data.shape.map((extent, axis): SliceRange => {
    const at = axes.indexOf(axis)
    if (at === -1) return { first: 0, step: 1, count: extent }
    const step = steps[at] as number
    if (!Number.isSafeInteger(step) || step === 0) throw operation.malformed('a step other than 0', `${step}`)
    return sliceRange(extent, starts[at] as number, ends[at] as number, step)
  })
  const shape = ranges.map(({ count }) => count)
  operation.spend(elementCount(shape))
  const numbers = data.numbers()
  const values = Array.from(indices(data.shape, ranges), index => numbers[index]!)
  return folded(operation.label, data.type, shape, values)
}

function* indices(shape: Shape, ranges: readonly SliceRange[]): Generator<number> {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)))
  const count = ranges.reduce((product, range) => product * range.count, 1)
  for (let i = 0; i < count; i += 1) {
    let [rest, at] = [i, 0]
    for (let axis = ranges.length - 1; axis >= 0; axis -= 1) {
      const { first, step, count } = ranges[axis] as SliceRange
      at += (first + (rest % count) * step) * (strides[axis] as number)
      rest = Math.floor(rest / count)
    }
    yield at
  }
}

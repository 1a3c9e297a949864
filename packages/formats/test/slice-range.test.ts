import { expect, test } from 'vitest'
import { sliced, sliceRange } from '../src/slice-range.ts'

/** The indices that Python's `range(extent)[begin:end:step]` has, index by index. */
function walked(extent: number, begin: number | null, end: number | null, step: number): readonly number[] {
  const counted = (position: number): number => (position < 0 ? position + extent : position)
  const isBefore = (index: number): boolean =>
    end === null || (step > 0 ? index < counted(end) : index > Math.max(counted(end), -1))
  const farthest = step > 0 ? 0 : extent - 1
  const from = begin === null ? farthest : counted(begin)
  const kept: number[] = []
  // A beginning outside of the list is moved to its nearest end.
  for (let index = step > 0 ? Math.max(from, 0) : Math.min(from, extent - 1); isBefore(index); index += step) {
    if (index < 0 || index >= extent) break
    kept.push(index)
  }
  return kept
}

test('slices are those of Python', () => {
  const positions = [null, ...Array.from({ length: 13 }, (_, i) => i - 6)]
  for (const extent of [0, 1, 2, 3, 4]) {
    const indices = Array.from({ length: extent }, (_, i) => i)
    for (const step of [1, 2, 3, -1, -2, -3]) {
      for (const begin of positions) {
        for (const end of positions) {
          const found = sliced(indices, sliceRange(extent, begin, end, step))
          expect(found, `${extent}: ${begin}:${end}:${step}`).toEqual(walked(extent, begin, end, step))
        }
      }
    }
  }
  expect(sliced([10, 11, 12, 13], sliceRange(4, -1, null, -2))).toEqual([13, 11])
})

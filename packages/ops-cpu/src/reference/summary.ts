import type { Tensor } from '@depthwise/core'

/** One line about many values: range and mean of the numbers, and how many are none. */
export function summarize(values: Tensor['data']): string {
  let min = Infinity
  let max = -Infinity
  let sum = 0
  let count = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
    count += 1
  }
  const range = count === 0 ? 'no numbers' : `${min} to ${max}, mean ${sum / count}`
  return count === values.length ? range : `${range}, ${values.length - count} NaN`
}

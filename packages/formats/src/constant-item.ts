import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { type Arrangeable, permute } from './permute.ts'

/** One item of a constant in the order in which a value is held, the same for all of a batch. */
export interface ConstantItem<A extends Arrangeable> {
  readonly shape: Shape
  readonly data: A
}

/**
 * The numbers of a constant for one item of a batch.
 * @param shape of the constant, of the rank of the value that it meets
 * @param order axis `i` of the value is axis `order[i]` of the constant
 * @returns null where the constant differs from item to item
 */
export function constantItem<A extends Arrangeable>(
  values: A,
  shape: Shape,
  order: readonly number[],
): ConstantItem<A> | null {
  const [items = 1, ...item] = order.map(axis => shape[axis] as number)
  const all = permute(values, shape, order)
  const length = elementCount(item)
  for (let i = length; i < all.length; i += 1) if (!Object.is(all[i], all[i - length])) return null
  return { shape: item, data: items === 1 ? all : (all.slice(0, length) as A) }
}

/**
 * The same for a constant that broadcasts to a value of shape `to`, which is held as it is.
 * @returns null as well for one of more axes than the value has
 */
export function itemBeside(shape: Shape, values: ArrayLike<number>, to: Shape): ConstantItem<Float32Array> | null {
  const missing = to.length - shape.length
  if (missing < 0) return null
  const full = [...new Array<number>(missing).fill(1), ...shape]
  if (full[0] !== 1 && full[0] !== to[0]) return null
  return constantItem(
    Float32Array.from(values),
    full,
    full.map((_, axis) => axis),
  )
}

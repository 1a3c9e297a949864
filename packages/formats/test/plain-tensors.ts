/** A tensor as the interpreter of TensorFlow Lite has it: rows of rows, in the order of its axes. */
export interface Plain {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

const count = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1)

/** The position of each element along each axis. */
export function positions(shape: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: count(shape) }, (_, i) => {
    const position: number[] = []
    let rest = i
    for (const extent of shape.toReversed()) {
      position.unshift(rest % extent)
      rest = Math.floor(rest / extent)
    }
    return position
  })
}

/** The element at a position; along axes of extent 1 there is only one, and missing axes are in front. */
export function at({ shape, data }: Plain, position: readonly number[]): number {
  const own = position.slice(position.length - shape.length)
  const index = own.reduce((sum, place, axis) => sum * (shape[axis] as number) + (shape[axis] === 1 ? 0 : place), 0)
  return data[index] as number
}

const from = (shape: readonly number[], element: (position: readonly number[]) => number): Plain => ({
  shape,
  data: positions(shape).map(element),
})

export const mapped = ({ shape, data }: Plain, f: (value: number) => number): Plain => ({ shape, data: data.map(f) })

export const reshaped = ({ data }: Plain, shape: readonly number[]): Plain => ({ shape, data })

export function transposed(tensor: Plain, permutation: readonly number[]): Plain {
  const shape = permutation.map(axis => tensor.shape[axis] as number)
  return from(shape, position =>
    at(
      tensor,
      tensor.shape.map((_, axis) => position[permutation.indexOf(axis)] as number),
    ),
  )
}

export function both(a: Plain, b: Plain, f: (a: number, b: number) => number): Plain {
  const rank = Math.max(a.shape.length, b.shape.length)
  const extent = ({ shape }: Plain, axis: number): number => shape[axis - rank + shape.length] ?? 1
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(extent(a, axis), extent(b, axis)))
  return from(shape, position => f(at(a, position), at(b, position)))
}

export function reduced(
  tensor: Plain,
  axes: readonly number[],
  keepDims: boolean,
  f: (values: readonly number[]) => number,
): Plain {
  const kept = tensor.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
  const all = positions(tensor.shape)
  const result = from(kept, position => {
    const same = all.filter(each => each.every((place, axis) => axes.includes(axis) || place === position[axis]))
    return f(same.map(each => at(tensor, each)))
  })
  return keepDims
    ? result
    : reshaped(
        result,
        kept.filter((_, axis) => !axes.includes(axis)),
      )
}

export function softmaxed(tensor: Plain): Plain {
  const last = tensor.shape.length - 1
  const exponents = mapped(tensor, Math.exp)
  const sums = reduced(exponents, [last], true, values => values.reduce((a, b) => a + b, 0))
  return both(exponents, sums, (a, b) => a / b)
}

/** Weights `[units, features]`. */
export function dense(tensor: Plain, weights: Plain, keepDims: boolean): Plain {
  const [units, features] = weights.shape as readonly [number, number]
  const rows = count(tensor.shape) / features
  const data = Array.from({ length: rows * units }, (_, i) => {
    const row = Math.floor(i / units)
    return Array.from({ length: features }, (_, f) => f).reduce(
      (sum, f) =>
        sum + (tensor.data[row * features + f] as number) * (weights.data[(i % units) * features + f] as number),
      0,
    )
  })
  return { shape: keepDims ? [...tensor.shape.slice(0, -1), units] : [rows, units], data }
}

export function padded(tensor: Plain, pads: readonly (readonly [number, number])[], value: number): Plain {
  const shape = tensor.shape.map((extent, axis) => extent + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0))
  return from(shape, position => {
    const inner = position.map((place, axis) => place - (pads[axis]?.[0] ?? 0))
    const isInside = inner.every((place, axis) => place >= 0 && place < (tensor.shape[axis] as number))
    return isInside ? at(tensor, inner) : value
  })
}

export function joined(a: Plain, b: Plain, axis: number): Plain {
  const before = a.shape[axis] as number
  const shape = a.shape.map((extent, i) => (i === axis ? extent + (b.shape[axis] as number) : extent))
  return from(shape, position => {
    const place = position[axis] as number
    return place < before
      ? at(a, position)
      : at(
          b,
          position.map((each, i) => (i === axis ? each - before : each)),
        )
  })
}

import type { Shape } from '@depthwise/core'

/** Declares `c0`, `c1`, ... for the axes of a row's shape (all axes but the last), from the expression of a row's index. */
export function coordinates(outer: Shape, row: string): string {
  let rest = row
  const lines: string[] = []
  for (let axis = outer.length - 1; axis >= 0; axis--) {
    lines.push(`let c${axis} = ${axis === 0 ? rest : `${rest} % ${outer[axis]}u`};`)
    lines.push(`let rest${axis} = ${rest} / ${outer[axis]}u;`)
    rest = `rest${axis}`
  }
  return lines.join('\n')
}

/** The index of a row from an expression an axis; axes of extent 1 have no say. */
export function rowIndex(outer: Shape, at: (axis: number) => string): string {
  let stride = 1
  const terms: string[] = []
  for (let axis = outer.length - 1; axis >= 0; axis--) {
    const extent = outer[axis] as number
    if (extent !== 1) terms.push(stride === 1 ? `${at(axis)}` : `${at(axis)} * ${stride}u`)
    stride *= extent
  }
  return terms.length === 0 ? '0u' : `(${terms.join(' + ')})`
}

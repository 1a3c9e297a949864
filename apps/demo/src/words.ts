/** `1.2 ms`, `34 ms`, `2.1 s`: three digits at most. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`
  return milliseconds >= 10 ? `${milliseconds.toFixed(0)} ms` : `${milliseconds.toFixed(milliseconds < 1 ? 2 : 1)} ms`
}

/** `301 M`, `4.2 k`. */
export function count(value: number): string {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= size) return `${shortened(value / size)} ${unit}`
  }
  return `${value}`
}

/** `14.0 MB`, decimal units. */
export const bytes = (value: number): string =>
  value >= 1e6 ? `${shortened(value / 1e6)} MB` : value >= 1e3 ? `${shortened(value / 1e3)} kB` : `${value} B`

export const percent = (share: number): string =>
  share > 0 && share < 0.001 ? '< 0.1 %' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`

export const shape = (extents: readonly number[]): string => extents.join(' × ')

const shortened = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1))

/** Numbers as people read them. */

/** `3,504,872`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

/** `13.9 MB`, in powers of 1000. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(value, 1)) / 3))
  return step === 0 ? `${value} B` : `${(value / 1000 ** step).toFixed(1)} ${units[step]}`
}

/** `99.8 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** `1123 ms`, `12.7 ms`. */
export function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`
}

/** A float32 in the fewest decimals that always tell it from its neighbours: nine. JSON gets half as long. */
export function shortened(value: number): number {
  return Number(value.toPrecision(9))
}

/** Pixels to the hundredth. */
export function hundredths(pixels: number): number {
  return Number(pixels.toFixed(2))
}

/** Milliseconds to the microsecond: what clocks give beyond is noise. */
export function rounded(milliseconds: number): number {
  return Number(milliseconds.toFixed(3))
}

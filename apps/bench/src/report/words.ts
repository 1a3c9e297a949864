import type { RowKey } from './report.ts'

/** `32 KB`, `2.3 MB`; `-` where nobody measured it. */
export function sizeOf(bytes: number | null): string {
  if (bytes === null) return '-'
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** Three digits, since no more of them repeat: `0.812`, `12.7`, `128`. */
export function timeOf(milliseconds: number): string {
  return milliseconds >= 100 ? milliseconds.toFixed(0) : milliseconds.toPrecision(3)
}

/** A share as a percentage without digits behind the point. */
export function percentOf(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

/** How a group of rows is headed: `MobileNet V2 1.0/224, float32, 1 thread, node`. */
export function groupTitle({ model, alpha, resolution, precision, threads, where }: Omit<RowKey, 'runtime'>): string {
  const width = Number.isInteger(alpha) ? alpha.toFixed(1) : `${alpha}`
  const count = threads === 1 ? '1 thread' : `${threads} threads`
  return `MobileNet ${model.toUpperCase()} ${width}/${resolution}, ${precision}, ${count}, ${where}`
}

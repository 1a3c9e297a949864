/**
 * A line of comma-separated values as RFC 4180 quotes them: a field that holds a comma, a quote or a line break is put in quotes,
 * and its quotes are doubled. What is not known (`undefined`, `null`) is an empty field.
 */
export function csvLine(fields: readonly unknown[]): string {
  return fields.map(csvField).join(',')
}

/** A head and rows, a line each. */
export function csv(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [head, ...rows].map(csvLine).join('\n')
}

function csvField(value: unknown): string {
  const text = value === null || value === undefined ? '' : `${value}`
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

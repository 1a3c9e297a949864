const longest = 80
const deepest = 4

/** A value as an error message shows it: JSON, but short, never throwing, and with NaN and infinities told apart. */
export function show(value: unknown): string {
  const text = shown(value, 0)
  return text.length > longest ? `${text.slice(0, longest)}...` : text
}

function shown(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, longest))
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return value === undefined ? 'nothing' : String(value)
  if (depth === deepest) return '...'
  // An element takes two characters at least, so that more of them would not be seen.
  if (Array.isArray(value)) return `[${Array.from(value.slice(0, longest), item => shown(item, depth + 1)).join(',')}]`
  const fields = Object.entries(value).slice(0, longest)
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${shown(field, depth + 1)}`).join(',')}}`
}

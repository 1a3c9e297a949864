/**
 * The first key that some object of a JSON text has twice, or null. `JSON.parse` lets the last one win in silence; two
 * readers that disagree about it would see two different files.
 * @param text valid JSON
 */
export function duplicateKey(text: string): string | null {
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],]/g
  const open: (Set<string> | null)[] = []
  // A string is a key where an object has just been opened, or an entry of it has just ended.
  let atKey = false
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const [token] = match
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null)
    else if (token === '}' || token === ']') open.pop()
    else if (token !== ',' && atKey) {
      const key = JSON.parse(token) as string
      const keys = open.at(-1)
      if (keys?.has(key)) return key
      keys?.add(key)
    }
    atKey = (token === '{' || token === ',') && open.at(-1) instanceof Set
  }
  return null
}

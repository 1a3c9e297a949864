/** Whether a file is what `model.to_json()` gives; as text within JSON, too. */
export function isArchitecture(bytes: Uint8Array): boolean {
  const json = parse(new TextDecoder().decode(bytes))
  const config = typeof json === 'string' ? parse(json) : json
  return typeof config === 'object' && config !== null && 'class_name' in config && 'config' in config
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

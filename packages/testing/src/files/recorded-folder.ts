/** Reads files by name, and keeps note of the names it is asked for. */
export function recordedFolder(files: ReadonlyMap<string, Uint8Array>) {
  const asked: string[] = []
  const read = async (name: string): Promise<Uint8Array> => {
    asked.push(name)
    const bytes = files.get(name)
    if (!bytes) throw new Error(`no file ${name}`)
    return bytes
  }
  return { asked, read }
}

/**
 * The files of what was dropped, those of folders among them. To be called before the event's handler first waits: what was
 * dropped is out of reach after that.
 * @param most files that a folder is looked through for: a checkpoint has some hundreds at most
 */
export async function droppedFiles(transfer: DataTransfer | null, max = 2000): Promise<readonly File[]> {
  const waiting = [...(transfer?.items ?? [])].flatMap(item => item.webkitGetAsEntry() ?? [])
  if (!waiting.some(entry => entry.isDirectory)) return [...(transfer?.files ?? [])]
  const files: File[] = []
  for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
    if (entry.isDirectory) waiting.push(...(await entriesOf(entry as FileSystemDirectoryEntry)))
    else files.push(await fileOf(entry as FileSystemFileEntry))
    if (files.length + waiting.length > max) throw new Error(`more than ${max} files were dropped: no checkpoint has`)
  }
  return files
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject))

/** Browsers hand out a folder in parts, and say with an empty one that there are no more. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (part.length === 0) return all
    all.push(...part)
  }
}

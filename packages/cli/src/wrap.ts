/**
 * A text as lines of at most `width` letters, broken behind spaces and behind the separators of names and paths, else anywhere.
 */
export function wrapped(text: string, width: number): readonly string[] {
  if (text.length <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const part of text.split(/(?<=[\s/_,;-])/)) {
    if (line !== '' && (line + part).trimEnd().length > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += part
    while (line.trimEnd().length > width) {
      lines.push(line.slice(0, width))
      line = line.slice(width)
    }
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()]
}

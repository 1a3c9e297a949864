import { hasColours, type Style, styled } from './colour.ts'

/**
 * One of the two streams a command writes to; `process.stdout` and `process.stderr` outside of tests. The part of Node's
 * `Writable` that is used, so that our types need none of Node's.
 */
export interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly destroyed: boolean
  /** @returns false when the reader has enough for now */
  write(text: string): boolean
  once(event: 'drain' | 'close', listener: () => void): unknown
}

/** Where bytes are read from where an image is called `-`: the part of `process.stdin` that is used. */
export interface InputStream extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean
}

/** Where a command writes its answers and its messages, and what it reads. */
export interface Streams {
  readonly stdout: Stream
  readonly stderr: Stream
  /** Default: nothing to read. */
  readonly stdin?: InputStream
}

/** What tables and texts for people are fitted to. */
export interface Page {
  /** Columns of the terminal; undefined in a pipe or file, where lines stay whole. */
  readonly width: number | undefined
  /** The text in a style on a terminal, else the text as it is. */
  readonly style: (style: Style, text: string) => string
}

/** A page without limits and colours, for files. */
export const plainPage: Page = { width: undefined, style: (_, text) => text }

/**
 * Writes answers to stdout and everything else to stderr, so that answers can be piped. A progress bar steps aside for a line
 * through `around`.
 */
export class Terminal implements Page {
  readonly streams: Streams
  /** Set by what shows progress; called around each line that is written. */
  around: ((write: () => void) => void) | null = null
  readonly style: Page['style']
  readonly #errorColours: boolean

  constructor(streams: Streams) {
    this.streams = streams
    const isColoured = hasColours(streams.stdout)
    this.style = (style, text) => (isColoured ? styled(style, text) : text)
    this.#errorColours = hasColours(streams.stderr)
  }

  /** Of stdout where that is a terminal, else what the variable COLUMNS says. */
  get width(): number | undefined {
    const { isTTY, columns } = this.streams.stdout
    const width = isTTY ? columns : Number(process.env['COLUMNS'])
    return width ? width : undefined
  }

  /** Writes an answer, one or more lines. Resolves once the reader has room for more: a slow pipe slows the command down. */
  async print(text: string): Promise<void> {
    const { stdout } = this.streams
    if (!this.#write(stdout, `${text}\n`) && !stdout.destroyed) {
      await new Promise<void>(resolve => {
        stdout.once('drain', resolve)
        stdout.once('close', resolve)
      })
    }
  }

  /** A message about the work, beside the answers. */
  note(text: string): void {
    this.#write(this.streams.stderr, `depthwise: ${oneLine(text)}\n`)
  }

  /** A message that something failed. */
  error(text: string): void {
    const prefix = this.#errorColours ? styled('red', 'depthwise:') : 'depthwise:'
    this.#write(this.streams.stderr, `${prefix} ${oneLine(text)}\n`)
  }

  #write(stream: Stream, text: string): boolean {
    let room = true
    const write = (): void => {
      room = stream.write(text)
    }
    if (this.around) this.around(write)
    else write()
    return room
  }
}

/** Libraries report over several lines; a log wants one. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, '; ')
}

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

/** Where a command writes: its answers, and what it says about the work. */
export interface Streams {
  readonly stdout: Stream
  readonly stderr: Stream
}

/**
 * Where a command speaks: answers on stdout, everything else on stderr, so that answers can be piped. A progress bar that
 * stands in the way steps aside for a line through `around`.
 */
export class Terminal {
  readonly streams: Streams
  /** What shows progress while it does; it is called around each line that is written. */
  around: ((write: () => void) => void) | null = null

  constructor(streams: Streams) {
    this.streams = streams
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

  /** As `print`, for tables: on a screen, lines end where it does; in a pipe or file they stay whole. */
  async printWide(text: string): Promise<void> {
    const { isTTY, columns } = this.streams.stdout
    if (!isTTY || !columns) return this.print(text)
    const lines = text.split('\n').map(line => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line))
    return this.print(lines.join('\n'))
  }

  /** Says something about the work, beside the answers. */
  note(text: string): void {
    this.#write(this.streams.stderr, `depthwise: ${oneLine(text)}\n`)
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

/** Libraries report over several lines; whoever reads a log wants one. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, '; ')
}

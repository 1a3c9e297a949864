import type { Terminal } from './terminal.ts'

export interface Progress {
  /** Counts one more image. */
  step(): void
  stop(): void
}

/** A bar for a single image would disappear before anyone reads it. */
const minImages = 2
const barLength = 30
const clearLine = '\r\x1b[K'
const saveCursor = '\x1b7'

/**
 * A progress bar on stderr, if that is a terminal and there is more than one image. Lines written meanwhile go above it.
 * @param what is counted
 */
export async function startProgress(total: number, terminal: Terminal, what = 'images'): Promise<Progress> {
  const { stderr } = terminal.streams
  if (!stderr.isTTY || total < minImages) return { step: () => {}, stop: () => {} }
  const { default: progress } = await import('cli-progress')
  const bar = new progress.SingleBar({
    stream: stderr as unknown as NodeJS.WritableStream,
    format: ({ barCompleteString = '', barIncompleteString = '' }, { progress: done, value, eta }) => {
      const filled = Math.round(done * barLength)
      const bars = barCompleteString.slice(0, filled) + barIncompleteString.slice(0, barLength - filled)
      // Unknown before the first image is done.
      const left = value === 0 || !Number.isFinite(eta) ? '' : `, ${duration(eta)} left`
      return `${bars} ${value}/${total} ${what}${left}`
    },
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: barLength,
    clearOnComplete: true,
    // Its handler would take the first Ctrl-C for itself.
    gracefulExit: false,
  })
  bar.start(total, 0)
  terminal.around = write => {
    stderr.write(clearLine)
    write()
    bar.render()
  }
  return {
    step: () => bar.increment(),
    stop() {
      terminal.around = null
      // A stopped bar returns to where the cursor was when it began; by now another line is there.
      stderr.write(`${clearLine}${saveCursor}`)
      bar.stop()
    },
  }
}

/** `45 s`, `3 min 20 s`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

import type { Terminal } from './terminal.ts'

export interface Progress {
  /** One image more is behind us. */
  step(): void
  stop(): void
}

/** A bar for a single image would be gone before it is read. */
const fewest = 2

/**
 * A progress bar on stderr, where that is a terminal and there is more than one image; else nothing at all. Lines written
 * meanwhile go above it.
 */
export async function startProgress(total: number, terminal: Terminal): Promise<Progress> {
  const { stderr } = terminal.streams
  if (!stderr.isTTY || total < fewest) return { step: () => {}, stop: () => {} }
  const { default: progress } = await import('cli-progress')
  const bar = new progress.SingleBar({
    stream: stderr,
    format: '{bar} {value}/{total} images, {eta_formatted} left',
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
  })
  bar.start(total, 0)
  terminal.around = write => {
    stderr.write('\r\x1b[K')
    write()
    bar.updateETA()
    bar.render()
  }
  return {
    step: () => bar.increment(),
    stop() {
      terminal.around = null
      bar.stop()
    },
  }
}

import { now } from '@depthwise/core/backend'
import type { MeasuredJob, MeasuredRun } from '../many/pool.ts'
import type { Net } from '../net.ts'
import { readNamedImage } from './named-image.ts'

/** A first run of more milliseconds is not repeated: the warm figure would not be worth its time. */
const slow = 1000
/** The first image is run again until either is reached. */
const enough = { runs: 5, milliseconds: 250 }

/** Runs images one at a time in the order of the calls, so that no run is timed while it waits for another; the next image is decoded meanwhile. */
export function imageRunner(net: Net): (job: Omit<MeasuredJob, 'kind'>) => Promise<MeasuredRun> {
  const alpha = net.info.preprocessing.crop === 'drawing'
  let turn: Promise<unknown> = Promise.resolve()
  let isFirst = true
  return ({ output, image, name }) => {
    const decoding = readNamedImage({ name, image }, { alpha })
    const running = turn.then(async (): Promise<MeasuredRun> => {
      const pixels = await decoding
      const once = () => timed(() => (output === 'embedding' ? net.embed(pixels) : net.probabilities(pixels)))
      const [first, values] = await once()
      if (!isFirst) return { values, milliseconds: first, firstMilliseconds: null }
      isFirst = false
      return { values, milliseconds: first > slow ? first : await median(once), firstMilliseconds: first }
    })
    // A failure is reported at the image's turn; until then it must not count as unhandled.
    decoding.catch(() => {})
    turn = running.catch(() => {})
    return running
  }
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [milliseconds: number, result: T]> {
  const start = now()
  const result = await work()
  return [now() - start, result]
}

async function median(run: () => Promise<readonly [milliseconds: number, result: unknown]>): Promise<number> {
  const times: number[] = []
  for (let spent = 0; times.length < enough.runs && spent < enough.milliseconds; ) {
    const [time] = await run()
    times.push(time)
    spent += time
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number
}

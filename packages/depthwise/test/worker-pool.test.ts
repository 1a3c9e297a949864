import { expect, it } from 'vitest'
import type { PoolSetup } from '../src/many/pool.ts'
import { type PoolAnswer, type PoolMessage, type PoolWorker, startWorkers } from '../src/many/worker-pool.ts'

const setup = {
  model: { graph: {}, params: new Map(), metadata: {} },
  preprocessing: {},
  labels: [],
  backends: [],
} as unknown as PoolSetup

/** Workers without threads: what they answer, and whether they have ended. */
class Workers {
  readonly started: { ended: boolean; fail: (error: Error) => void }[] = []
  readonly #answer: (message: PoolMessage, worker: number) => PoolAnswer | null

  constructor(answer: (message: PoolMessage, worker: number) => PoolAnswer | null) {
    this.#answer = answer
  }

  start = (): PoolWorker => {
    const number = this.started.length
    const state = { ended: false, fail: (_: Error): void => {} }
    this.started.push(state)
    let hear = (_: PoolAnswer): void => {}
    return {
      send: message => {
        const answer = this.#answer(message, number)
        if (answer) queueMicrotask(() => hear(answer))
      },
      listen(answered, failed) {
        hear = answered
        state.fail = failed
      },
      async end() {
        state.ended = true
      },
    }
  }
}

const embedding = Float32Array.of(1)
const same = <T>(value: T): T => value
const sound = ({ id }: PoolMessage): PoolAnswer => ({ id, result: id === 0 ? null : embedding })

it('ends every worker when one of them does not start', async () => {
  const error = { name: 'BackendUnavailableError', message: 'wasm: no', details: null }
  const workers = new Workers(({ id }, worker) => (worker === 1 ? { id, error } : { id, result: null }))
  await expect(startWorkers(workers.start, 3, setup, same)).rejects.toThrow('wasm: no')
  expect(workers.started.map(({ ended }) => ended)).toEqual([true, true, true])
})

it('ends the workers before one that cannot even be made', async () => {
  const workers = new Workers(sound)
  const start = (): PoolWorker => {
    if (workers.started.length === 2) throw new Error('no more threads')
    return workers.start()
  }
  await expect(startWorkers(start, 3, setup, same)).rejects.toThrow('no more threads')
  expect(workers.started.map(({ ended }) => ended)).toEqual([true, true])
})

it('gives jobs to the worker that has the fewest', async () => {
  const given: number[] = []
  const workers = new Workers((message, worker) => {
    if ('job' in message) given.push(worker)
    return 'job' in message ? null : sound(message)
  })
  const pool = await startWorkers(workers.start, 2, setup, same)
  const pending = Array.from({ length: 4 }, () => pool.run({ kind: 'embed', image: 'a' }).catch(() => null))
  await new Promise(resolve => setTimeout(resolve))
  expect(given.toSorted()).toEqual([0, 0, 1, 1])
  await pool.close()
  expect(await Promise.all(pending)).toEqual([null, null, null, null])
})

it('fails the jobs of a worker that breaks, those to come too, and no others', async () => {
  const workers = new Workers(message => ('job' in message ? null : sound(message)))
  const pool = await startWorkers(workers.start, 1, setup, same)
  const pending = pool.run({ kind: 'embed', image: 'a' })
  await new Promise(resolve => setTimeout(resolve))
  workers.started[0]?.fail(new Error('out of memory'))
  await expect(pending).rejects.toThrow('out of memory')
  await expect(pool.run({ kind: 'embed', image: 'b' })).rejects.toThrow('out of memory')
  await pool.close()
  await expect(pool.run({ kind: 'embed', image: 'c' })).rejects.toThrow('expected an open pool')
})

it('goes on with the other workers when one breaks', async () => {
  const workers = new Workers(sound)
  const pool = await startWorkers(workers.start, 2, setup, same)
  workers.started[0]?.fail(new Error('out of memory'))
  const found = await Promise.all(Array.from({ length: 4 }, () => pool.run({ kind: 'embed', image: 'a' })))
  expect(found).toEqual([embedding, embedding, embedding, embedding])
  await pool.close()
})

it('fails the job whose image cannot be sent', async () => {
  const pool = await startWorkers(new Workers(sound).start, 1, setup, image => {
    if (image === 'bad') throw new TypeError('an image of another origin')
    return image
  })
  await expect(pool.run({ kind: 'embed', image: 'bad' })).rejects.toThrow('an image of another origin')
  expect(await pool.run({ kind: 'embed', image: 'good' })).toBe(embedding)
  await pool.close()
})

import { describe, expect, it } from 'vitest'
import { inParallel } from '../src/many/in-parallel.ts'

/** A source that counts what was taken from it and whether it was closed. */
function counted(length: number) {
  const seen = { taken: 0, closed: false }
  async function* items(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < length; i++) {
        seen.taken += 1
        yield i
      }
    } finally {
      seen.closed = true
    }
  }
  return { seen, items: items() }
}

const later = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))
/** Later items finish earlier. */
const reversed = async (item: number): Promise<number> => {
  await later((3 - (item % 4)) * 3)
  return item * 10
}

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const result of results) all.push(result)
  return all
}

describe('inParallel', () => {
  it('gives results in the order of the items', async () => {
    const results = await collect(inParallel([0, 1, 2, 3, 4], { width: 3, ordered: true }, reversed))
    expect(results).toEqual([0, 10, 20, 30, 40])
  })

  it('gives results as they are ready', async () => {
    const results = await collect(inParallel([0, 1, 2, 3], { width: 4, ordered: false }, reversed))
    expect(results).toEqual([30, 20, 10, 0])
  })

  it.each([true, false])('takes no more items than there is room for (ordered: %s)', async ordered => {
    const { seen, items } = counted(20)
    let running = 0
    let max = 0
    let consumed = 0
    const work = async (item: number): Promise<number> => {
      max = Math.max(max, ++running)
      await later(1)
      running -= 1
      return item
    }
    for await (const _ of inParallel(items, { width: 4, ordered }, work)) {
      consumed += 1
      await later(2)
      expect(seen.taken - consumed).toBeLessThanOrEqual(4)
    }
    expect(consumed).toBe(20)
    expect(max).toBe(4)
  })

  it('closes its source when the consumer leaves', async () => {
    const { seen, items } = counted(100)
    for await (const result of inParallel(items, { width: 2, ordered: true }, reversed)) {
      if (result === 10) break
    }
    expect(seen.closed).toBe(true)
    expect(seen.taken).toBeLessThan(6)
  })

  it('passes on what the source throws', async () => {
    function* failing(): Generator<number> {
      yield 0
      throw new Error('the folder is gone')
    }
    await expect(collect(inParallel(failing(), { width: 2, ordered: true }, reversed))).rejects.toThrow(
      'the folder is gone',
    )
  })

  it('is empty for no items', async () => {
    expect(await collect(inParallel([], { width: 2, ordered: false }, reversed))).toEqual([])
  })
})

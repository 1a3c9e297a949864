import { type Executable, GraphBuilder, type Outputs, tensor } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'

/** Layers that take some milliseconds each. */
function heavy(layers: number, side = 96): { graph: ReturnType<GraphBuilder['build']>; input: Float32Array } {
  const b = new GraphBuilder()
  let value = b.input([1, side, side, 16], { name: 'x' })
  for (let i = 0; i < layers; i++) value = b.relu6(b.conv2d(value, { kernel: 3, filters: 16 }))
  return {
    graph: b.build([b.globalAveragePool(value, { name: 'y' })]),
    input: randomTensor([1, side, side, 16], 3).data as Float32Array,
  }
}
const numbers = (outputs: Outputs): readonly number[] => [...(outputs['y']?.data ?? [])]

const small = new GraphBuilder()
const tiny = small.build([small.relu(small.input([1, 1, 1, 3], { name: 'x' }), { name: 'y' })])

const backends = {
  reference: reference(),
  'wasm, one thread': wasm(),
  'wasm, two threads': wasm({ threads: 2 }),
  'wasm, images of a batch': wasm({ threads: 2, share: 'images' }),
}

describe.each(Object.entries(backends))('%s', (name, backend) => {
  const large = heavy(name === 'reference' ? 3 : 40, name === 'reference' ? 32 : 96)
  const params = randomParams(large.graph)
  const opened = (batch = 1): Promise<Executable> => backend.compile(large.graph, params, { batch })

  it('a loop of short runs lets timers fire', async () => {
    await using executable = await backend.compile(tiny, new Map())
    const x = tensor([1, 1, 1, 3], [-1, 0, 1])
    let fired = 0
    const timer = setInterval(() => fired++, 1)
    const end = performance.now() + 500
    while (fired < 3 && performance.now() < end) await executable.run({ x })
    clearInterval(timer)
    expect(fired).toBe(3)
  })

  it('a run is aborted before it starts, while it waits, and while it computes', async () => {
    await using executable = await opened(8)
    const x = new Float32Array(8 * large.input.length).fill(0.5)
    const whole = numbers(await executable.run({ x }))
    const reason = new Error('no longer wanted')
    await expect(executable.run({ x }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)

    const controller = new AbortController()
    const { signal } = controller
    setTimeout(() => controller.abort(reason), 1)
    const runs = [executable.run({ x }, { signal }), executable.run({ x }, { signal }), executable.run({ x })]
    const [first, waiting, other] = await Promise.allSettled(runs)
    expect(first).toEqual({ status: 'rejected', reason })
    expect(waiting).toEqual({ status: 'rejected', reason })
    expect(other?.status === 'fulfilled' && numbers(other.value)).toEqual(whole)
  })

  it('runs that are interrupted keep their inputs and their order', async () => {
    await using executable = await opened()
    const alone: (readonly number[])[] = []
    for (let i = 1; i <= 3; i++) alone.push(numbers(await executable.run({ x: large.input.map(value => value / i) })))
    const x = new Float32Array(large.input.length)
    const order: number[] = []
    const together = [1, 2, 3].map(async i => {
      x.set(large.input.map(value => value / i))
      const answer = executable.run({ x })
      x.fill(Number.NaN)
      const outputs = await answer
      order.push(i)
      return numbers(outputs)
    })
    const profile = executable.profile({ x: large.input })
    expect(await Promise.all(together)).toEqual(alone)
    expect(order).toEqual([1, 2, 3])
    expect((await profile).length).toBeGreaterThan(0)
  })

  it('disposal waits for runs that were accepted', async () => {
    const executable = await opened()
    const wanted = numbers(await executable.run({ x: large.input }))
    const runs = [1, 2].map(() => executable.run({ x: large.input }))
    await executable[Symbol.asyncDispose]()
    for (const run of runs) expect(numbers(await run)).toEqual(wanted)
    await expect(executable.run({ x: large.input })).rejects.toThrow('disposed')
  })
})

it('a long wasm run lets the event loop turn between two steps, from the first run on', async () => {
  const { graph, input } = heavy(60)
  await using executable = await wasm().compile(graph, randomParams(graph))
  for (let run = 0; run < 3; run++) {
    const start = performance.now()
    let longest = 0
    let before = start
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - before)
      before = performance.now()
    }, 1)
    await executable.run({ x: input })
    clearInterval(timer)
    const whole = performance.now() - start
    expect(longest, `run ${run}, of ${whole.toFixed(0)} ms`).toBeLessThan(Math.max(25, whole / 2))
  }
})

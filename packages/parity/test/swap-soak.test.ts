import { type Backend, createSession, type Executable, type Inputs, type Outputs } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { difference } from '@depthwise/parity'
import { randomTensor } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import { expect, it } from 'vitest'
import { smallNetwork } from './small-network.ts'

/** A backend that counts what it has built and not yet given back. */
function counted(
  backend: Backend,
  name: string,
): Backend & { readonly alive: () => number; readonly ran: () => number } {
  let [alive, ran] = [0, 0]
  return {
    ...backend,
    name,
    alive: () => alive,
    ran: () => ran,
    async compile(...given): Promise<Executable> {
      const executable = await backend.compile(...given)
      alive += 1
      return {
        run(inputs, options) {
          ran += 1
          return executable.run(inputs, options)
        },
        profile: inputs => executable.profile(inputs),
        async [Symbol.asyncDispose]() {
          alive -= 1
          await executable[Symbol.asyncDispose]()
        },
      }
    },
  }
}

it('a session under load moves between backends without a wrong, a lost or a late answer, and leaks nothing', async () => {
  const swaps = runs(50, 1000).numRuns
  const { graph, params } = smallNetwork()
  const backends = [
    counted(wasm(), 'relaxed'),
    counted(reference(), 'reference'),
    counted(wasm({ simd: 'plain' }), 'plain'),
  ]
  const images = [1, 2, 3, 4, 5].map((seed): Inputs => ({ input: randomTensor([1, 20, 18, 3], seed) }))
  await using oracle = await reference().compile(graph, params)
  const expected: Outputs[] = []
  for (const image of images) expected.push(await oracle.run(image))

  const session = await createSession(graph, params, { backends })
  let [asked, right, swapping] = [0, 0, true]
  const order: number[] = []
  /** Keeps three requests under way as long as swaps go on. */
  const load = async (): Promise<void> => {
    while (swapping) {
      // Answers come in microtasks: without a turn of the event loop nothing else would ever happen.
      await new Promise(resolve => setImmediate(resolve))
      const number = asked++
      const which = number % images.length
      const outputs = await session.run(images[which] as Inputs)
      order.push(number)
      const [is, wanted] = [outputs, expected[which]].map(each => each?.['predictions']) as [Answer, Answer]
      if (difference(wanted, is, { ofLargest: 1e-4 }).beyond === 0) right += 1
    }
  }
  const loads = [load(), load(), load()]
  let memory = 0
  for (let swap = 0; swap < swaps; swap++) {
    await session.use(`${backends[(swap + 1) % backends.length]?.name}`)
    // What is retired lives until its last run is answered, never longer.
    expect(backends.reduce((sum, backend) => sum + backend.alive(), 0)).toBeLessThanOrEqual(5)
    await new Promise(resolve => setTimeout(resolve, 1))
    if (swap === Math.floor(swaps / 4)) memory = process.memoryUsage().arrayBuffers
  }
  swapping = false
  await Promise.all(loads)
  const grown = process.memoryUsage().arrayBuffers - memory
  await session.dispose()

  expect(asked).toBeGreaterThan(swaps)
  expect([right, order.length]).toEqual([asked, asked])
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect(backends.map(backend => backend.alive())).toEqual([0, 0, 0])
  for (const backend of backends) expect(backend.ran()).toBeGreaterThan(0)
  // Buffers wait for the collector, but not those of hundreds of executables of 0.2 MB and more.
  expect(grown).toBeLessThan(64 * 2 ** 20)
})

type Answer = NonNullable<Outputs[string]>

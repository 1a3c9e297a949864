import { GraphError, ShapeError } from '@depthwise/core'
import { now } from '@depthwise/core/backend'
import { aborted, abortMessage, type Behaviour, graph, image, nameOf, numbers, params, rejection } from './behaviour.ts'

/** Rules 3 and 4: order, buffers, inputs that do not fit, signals, timers. */
export const running: readonly Behaviour[] = [
  {
    name: 'answers calls in order, each with its own inputs',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const seeds = [1, 2, 3, 4, 5]
      const alone: unknown[] = []
      for (const seed of seeds) alone.push(numbers(await executable.run(image(seed))))
      const order: number[] = []
      const together = await Promise.all(
        seeds.map(async seed => {
          const outputs = await executable.run(image(seed))
          order.push(seed)
          return numbers(outputs)
        }),
      )
      return { found: { together, order }, wanted: { together: alone, order: seeds } }
    },
  },
  {
    name: 'reads its inputs before it first yields',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const wanted = [numbers(await executable.run(image(1))), numbers(await executable.run(image(2)))]
      const buffer = image(1).x.data.slice()
      const first = executable.run({ x: buffer })
      buffer.set(image(2).x.data)
      const second = executable.run({ x: buffer })
      buffer.fill(Number.NaN)
      return { found: [numbers(await first), numbers(await second)], wanted }
    },
  },
  {
    name: 'gives its outputs away: later runs do not write into them, nor are they read again',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const first = await executable.run(image(1))
      const wanted = numbers(first)
      await executable.run(image(2))
      const kept = numbers(first)
      for (const { data } of Object.values(first)) data.fill(7)
      return { found: [kept, numbers(await executable.run(image(1)))], wanted: [wanted, wanted] }
    },
  },
  {
    name: 'takes bare data as well as tensors',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const { x } = image(1)
      return { found: numbers(await executable.run({ x: x.data })), wanted: numbers(await executable.run({ x })) }
    },
  },
  {
    name: 'rejects inputs that do not fit, and goes on',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const wanted = numbers(await executable.run(image(1)))
      const errors = [
        await rejection(executable.run({})),
        await rejection(executable.run({ picture: image(1).x })),
        await rejection(executable.run({ x: new Float32Array(5) })),
        await rejection(executable.run({ x: new Uint8Array(image(1).x.data.length) })),
      ]
      const names = [GraphError, GraphError, ShapeError, GraphError].map(nameOf)
      return {
        found: [errors, numbers(await executable.run(image(1)))],
        wanted: [names, wanted],
      }
    },
  },
  {
    name: 'heeds the signal of a run, and harms no other',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const wanted = numbers(await executable.run(image(2)))
      const refused = rejection(executable.run(image(1), { signal: aborted }))
      const other = executable.run(image(2))
      return { found: [await refused, numbers(await other)], wanted: ['Error', wanted] }
    },
  },
  {
    name: 'answers or rejects a run whose signal is aborted after the call, and harms no other',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const wanted = [1, 2].map(async seed => numbers(await executable.run(image(seed))))
      const [one, two] = await Promise.all(wanted)
      const changing = { aborted: false, throwIfAborted: () => changing.aborted && aborted.throwIfAborted() }
      const run = executable.run(image(1), { signal: changing }).then(numbers, (error: Error) => error.message)
      const other = executable.run(image(2))
      changing.aborted = true
      const ended = await run
      return { found: [ended === abortMessage ? one : ended, numbers(await other)], wanted: [one, two] }
    },
  },
  {
    name: 'lets timers fire while runs are awaited one after another',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const { setTimeout } = globalThis as { readonly setTimeout?: (task: () => void, milliseconds: number) => unknown }
      let fired = setTimeout === undefined
      setTimeout?.(() => {
        fired = true
      }, 1)
      const input = image(1)
      for (const end = now() + 1000; !fired && now() < end; ) await executable.run(input)
      return { found: fired, wanted: true }
    },
  },
]

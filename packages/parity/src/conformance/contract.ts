import {
  type Backend,
  DisposedError,
  GraphError,
  type Inputs,
  type NodeId,
  nodeIndex,
  type Outputs,
  ShapeError,
  type Signal,
  type Tensor,
  tensor,
  WeightsError,
} from '@depthwise/core'
import { on } from './cases/case.ts'
import { sampleNetwork as graph } from './cases/networks.ts'
import { compareWithDefinition } from './check.ts'
import { evaluate } from './definition/evaluate.ts'
import type { Allowance } from './definition/value.ts'
import { seededInputs, seededParams } from './seeded.ts'

/** A test of behaviour: what it finds, and what it should have found. */
export interface Behaviour {
  readonly name: string
  readonly look: (backend: Backend, allow: Allowance) => Promise<{ readonly found: unknown; readonly wanted: unknown }>
}

const params = seededParams(graph, 3)
const image = (seed: number): { readonly x: Tensor<'float32'> } =>
  seededInputs(graph, seed) as { readonly x: Tensor<'float32'> }
const numbers = (outputs: Outputs): readonly (readonly number[])[] =>
  Object.values(outputs).map(({ data }) => [...data])
const aborted: Signal = {
  aborted: true,
  throwIfAborted() {
    throw new Error('aborted by the kit')
  },
}

/** The name of what a promise was rejected with. */
async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'nothing thrown'
  } catch (error) {
    return error instanceof Error ? error.name : `${error}`
  }
}

/** What `Backend`'s comments promise, point by point. */
export const behaviours: readonly Behaviour[] = [
  {
    name: 'probe may be called again and says the same',
    async look(backend) {
      return { found: await backend.probe(), wanted: await backend.probe() }
    },
  },
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
    name: 'complains of inputs that do not fit, and goes on',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const wanted = numbers(await executable.run(image(1)))
      const complaints = [
        await rejection(executable.run({})),
        await rejection(executable.run({ picture: image(1).x })),
        await rejection(executable.run({ x: new Float32Array(5) })),
        await rejection(executable.run({ x: new Uint8Array(image(1).x.data.length) })),
      ]
      const names = [GraphError, GraphError, ShapeError, GraphError].map(nameOf)
      return {
        found: [complaints, numbers(await executable.run(image(1)))],
        wanted: [names, wanted],
      }
    },
  },
  {
    name: 'complains of networks that no backend could run, and of aborted compilations',
    async look(backend) {
      const found = [
        await rejection(backend.compile(graph, new Map())),
        await rejection(backend.compile({ ...graph, outputs: [] }, params)),
        await rejection(backend.compile(graph, params, { batch: 0 })),
        await rejection(backend.compile(graph, params, { expose: [99999] })),
        await rejection(backend.compile(graph, params, { signal: aborted })),
      ]
      return { found, wanted: [...[WeightsError, GraphError, GraphError, GraphError].map(nameOf), 'Error'] }
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
    name: 'computes another batch than the graph says',
    async look(backend, allow) {
      const three = { x: tensor([3, 12, 10, 3], concatenated([1, 2, 3].map(seed => image(seed).x.data))) }
      await using executable = await backend.compile(graph, params, { batch: 3 })
      const outputs = await executable.run(three)
      const found = [1, 2, 3].flatMap((seed, index) => {
        const part = Object.fromEntries(
          Object.entries(outputs).map(([name, { shape, data }]) => {
            const length = data.length / 3
            const own = data.slice(index * length, (index + 1) * length)
            return [name, { dtype: 'float32', shape: [shape[0]! / 3, ...shape.slice(1)], data: own } as const]
          }),
        )
        return compareWithDefinition(graph, part, evaluate({ graph, params }, image(seed), allow))
      })
      return { found, wanted: [] }
    },
  },
  {
    name: "exposes every node's value",
    async look(backend, allow) {
      const all = graph.nodes.map(node => node.id)
      return exposed(backend, allow, 'all', all)
    },
  },
  {
    name: 'exposes nodes by id, also such as are fused otherwise',
    async look(backend, allow) {
      const some = graph.nodes.filter((_, index) => index % 5 === 2).map(node => node.id)
      return exposed(backend, allow, some, some)
    },
  },
  {
    name: 'exposes integer inputs as reals',
    async look(backend) {
      const scale = [0.5, 1, 2]
      const { graph: bytes } = on('bytes', [1, 2, 2, 3], (b, x) => b.normalize(x, { scale, offset: scale }), 'uint8')
      await using executable = await backend.compile(bytes, new Map(), { expose: 'all' })
      const data = Uint8Array.from({ length: 12 }, (_, i) => (i * 41) % 256)
      const { x } = await executable.run({ x: data } as Inputs)
      return { found: [x?.dtype, x?.shape, [...(x?.data ?? [])]], wanted: ['float32', [1, 2, 2, 3], [...data]] }
    },
  },
  {
    name: 'profiles: every authored node at most once, and none that the graph has not',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const timings = await executable.profile(image(1))
      const nodes = nodeIndex(graph)
      const covered = timings.flatMap(timing => timing.nodes)
      const output = graph.outputs[0] as NodeId
      const found = {
        unknown: covered.filter(id => !nodes.has(id)),
        twice: covered.filter((id, at) => covered.indexOf(id) !== at),
        output: covered.includes(output),
        untimed: timings.filter(({ milliseconds }) => !(milliseconds >= 0)),
      }
      return { found, wanted: { unknown: [], twice: [], output: true, untimed: [] } }
    },
  },
  {
    name: 'answers what was accepted before disposal, refuses what comes after, and may be disposed of twice',
    async look(backend) {
      const executable = await backend.compile(graph, params)
      const wanted = numbers(await executable.run(image(1)))
      const accepted = [executable.run(image(1)), executable.run(image(1))]
      const disposal = executable[Symbol.asyncDispose]()
      const refused = [await rejection(executable.run(image(1))), await rejection(executable.profile(image(1)))]
      await disposal
      await executable[Symbol.asyncDispose]()
      const answers = (await Promise.all(accepted)).map(numbers)
      const name = nameOf(DisposedError)
      return {
        found: [answers, refused],
        wanted: [
          [wanted, wanted],
          [name, name],
        ],
      }
    },
  },
]

/** Asks for nodes, and compares their values with the definition's. */
async function exposed(
  backend: Backend,
  allow: Allowance,
  expose: 'all' | readonly NodeId[],
  ids: readonly NodeId[],
): Promise<{ readonly found: unknown; readonly wanted: unknown }> {
  await using executable = await backend.compile(graph, params, { expose })
  const outputs = [...new Set([...graph.outputs, ...ids])]
  const found = await executable.run(image(1))
  const nodes = nodeIndex(graph)
  const names = outputs.map(id => nodes.get(id)?.name ?? '')
  const wrong = compareWithDefinition({ ...graph, outputs }, found, evaluate({ graph, params }, image(1), allow))
  return { found: [Object.keys(found).toSorted(), wrong], wanted: [names.toSorted(), []] }
}

/** The name errors of a class go by; classes themselves may be renamed by minifiers. */
function nameOf(error: typeof GraphError): string {
  return new error({ where: '', expected: '', found: '' }).name
}

function concatenated(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

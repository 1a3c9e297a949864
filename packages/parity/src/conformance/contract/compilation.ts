import { GraphError, tensor, WeightsError } from '@depthwise/core'
import { compareWithDefinition } from '../check.ts'
import { evaluate } from '../definition/evaluate.ts'
import { aborted, type Behaviour, graph, image, nameOf, params, rejection } from './behaviour.ts'

/** Rules 1 and 2: `probe` and `compile`. */
export const compilation: readonly Behaviour[] = [
  {
    name: 'probe may be called again and says the same',
    async look(backend) {
      return { found: await backend.probe(), wanted: await backend.probe() }
    },
  },
  {
    name: 'rejects networks that no backend could run, and aborted compilations',
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
]

function concatenated(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

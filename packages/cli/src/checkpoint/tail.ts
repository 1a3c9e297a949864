import type { Model, Tail } from '@depthwise/core'
import { formatShape, type TailInput } from '@depthwise/core/backend'
import type { Terminal } from '../terminal.ts'

/** What follows a network on the host, in figures. */
export interface TailFigures {
  readonly operators: number
  /** How many of each kind, the most frequent first. */
  readonly kinds: Readonly<Record<string, number>>
  /** The outputs of the graph that it reads. */
  readonly inputs: readonly string[]
  readonly outputs: readonly Pick<TailInput, 'name' | 'shape' | 'dtype'>[]
}

export function tailFigures({ inputs, constants, steps, outputs }: Tail): TailFigures {
  const counts = new Map<string, number>()
  for (const { op } of steps) counts.set(op.kind, (counts.get(op.kind) ?? 0) + 1)
  const values = [...inputs, ...constants, ...steps.flatMap(({ results }) => results)]
  return {
    operators: steps.length,
    kinds: Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)),
    inputs: inputs.map(({ name }) => name),
    outputs: outputs.map(({ name, value }) => {
      const { shape, dtype } = values[value] as TailInput
      return { name, shape, dtype }
    }),
  }
}

/** `1 operator (detectionPostProcess)`, `60 operators (15 binary, 11 reshape, ...)`. */
function operatorsInWords({ operators, kinds }: TailFigures): string {
  const named = Object.entries(kinds).map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`))
  const listed = named.length > 4 ? [...named.slice(0, 4), '...'] : named
  return `${operators} ${operators === 1 ? 'operator' : 'operators'} (${listed.join(', ')})`
}

/** Rows of facts: what follows the network, and what that gives. */
export function tailFacts(tail: Tail): readonly string[][] {
  const figures = tailFigures(tail)
  return [
    ['tail', `after the network, on the host: ${operatorsInWords(figures)}`],
    ...figures.outputs.map(({ name, shape }) => ['tail output', `${name} ${formatShape(shape)}`]),
  ]
}

/** Says that what is written holds the network alone; `instead` names what holds more. */
export function noteWithoutTail({ tail }: Model, terminal: Terminal, instead = ''): void {
  if (!tail) return
  const figures = tailFigures(tail)
  const heads = figures.inputs.join(', ')
  terminal.note(
    `without what follows the network on the host, ${operatorsInWords(figures)}, it gives ${heads}${instead}`,
  )
}

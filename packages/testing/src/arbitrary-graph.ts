import fc from 'fast-check'
import { elementCount } from '../../core/src/backend.ts'
import { type Graph, GraphBuilder, printGraph, type Value } from '../../core/src/index.ts'
import type { Draft } from './arbitrary-draft.ts'
import { arbitraryStep } from './arbitrary-step.ts'

const extent = fc.integer({ min: 1, max: 6 })
const integers = { uint8: 255, int8: 128, int32: 1000 } as const

/** An image, a list of features, or a sequence of them; integers are normalised at once, since nothing else reads them. */
const arbitraryInput = fc.record({
  item: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(extent, extent, extent) },
    fc.tuple(extent),
    fc.tuple(extent, extent),
    fc.tuple(fc.constant(1), fc.constant(1), extent),
  ),
  dtype: fc.constantFrom('float32' as const, 'float32' as const, 'uint8' as const, 'int8' as const, 'int32' as const),
})

function addInput(draft: Draft, batch: number, { item, dtype }: { item: readonly number[]; dtype: InputDType }): void {
  const { b } = draft
  const x = b.input([batch, ...item], { dtype })
  const channels = x.shape.at(-1) as number
  const scale = new Array<number>(channels).fill(dtype === 'float32' ? 1 : 1 / integers[dtype])
  const value = dtype === 'float32' ? x : b.affine(x, { scale, offset: scale.map((_, c) => c / 8) })
  draft.values.push(value)
  draft.small.add(value)
}

type InputDType = 'float32' | keyof typeof integers

/** Values of more elements than this are not computed on: a property runs thousands of graphs. */
const roomOf = 3000

/**
 * Random graphs that `verify` accepts, over every op: several inputs and outputs, shared weights, values nobody reads, ops
 * that are fused already. Values stay of order one with the parameters of a settled network. They print as `printGraph` does.
 */
export function arbitraryGraph({ maxSteps = 12 }: { readonly maxSteps?: number } = {}): fc.Arbitrary<Graph> {
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 2 }),
      inputs: fc.array(arbitraryInput, { minLength: 1, maxLength: 3 }),
      steps: fc.array(arbitraryStep, { maxLength: maxSteps }),
      outputs: fc.array(fc.oneof(fc.constant(0), fc.nat(maxSteps)), { minLength: 1, maxLength: 3 }),
    })
    .map(({ batch, inputs, steps, outputs }) => {
      const draft: Draft = { b: new GraphBuilder(), values: [], small: new Set() }
      for (const input of inputs) addInput(draft, batch, input)
      for (const step of steps) {
        const value = step(draft)
        if (value && elementCount(value.shape) <= roomOf) draft.values.push(value)
      }
      const chosen = new Set(outputs.map(back => draft.values.at(-1 - (back % draft.values.length)) as Value))
      return printable(draft.b.build([...chosen]))
    })
}

/** Has counterexamples read as graphs, without a property that comparisons would see. */
function printable(graph: Graph): Graph {
  return Object.defineProperty(graph, fc.toStringMethod, { value: () => `\n${printGraph(graph)}\n` })
}

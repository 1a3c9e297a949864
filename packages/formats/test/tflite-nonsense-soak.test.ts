import { DepthwiseError } from '@depthwise/core'
import { net, type Step } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { randomIntegers } from '@depthwise/testing/random-integers'
import { share } from '@depthwise/testing/soak'
import { expect, test } from 'vitest'
import { operators, type SupportedOperator } from '../src/tflite/operators/table.ts'

/** Operators whose codes the tests' writer knows: all that are built in and imported. Sorted, so that a seed does not depend on their table. */
const names = Object.keys(operators)
  .filter(name => !name.startsWith('CUSTOM '))
  .toSorted() as (SupportedOperator & tfl.OperatorSpec['op'])[]

test('the writer of the tests knows every operator that is imported', () => {
  expect(names.filter(name => !Object.hasOwn(tfl.codes, name))).toEqual([])
})

/** Steps whose operators, operands, options and constants do not fit one another, but by chance. */
function nonsense(seed: number) {
  const below = randomIntegers(seed)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T
  const list = (length: number, value: () => number): readonly number[] => Array.from({ length }, value)
  const tensors: Record<string, tfl.TensorSpec> = {
    x: { shape: list(1 + below(5), () => 1 + below(3)), type: pick(['f32', 'f32', 'f32', 'u8', 'i32']) },
    image: { shape: [1, 2, 3, 4], ...(below(3) === 0 && { type: 'i8', scale: 0.5 }) },
  }
  const pool = ['x', 'image', 'image', '']
  for (let i = 0; i < 6; i += 1) {
    const shape = below(2) === 0 ? [1 + below(5)] : list(below(5), () => 1 + below(4))
    const count = shape.reduce((product, extent) => product * extent, 1)
    const isInteger = below(3) > 0
    const type = isInteger ? pick(['i32', 'i64'] as const) : pick(['f32', 'i8'] as const)
    const data = list(count, () => below(7) - 2)
    tensors[`c${i}`] = { shape, type, data, ...(type === 'i8' && { scale: 0.5 }) }
    pool.push(`c${i}`)
  }
  const options = (op: string): Step[3] => {
    const byKind: Readonly<Record<string, () => Step[3]>> = {
      ADD: () => tfl.addOptions(below(5)),
      CONCATENATION: () => tfl.concatOptions(below(6) - 2),
      CONV_2D: () => tfl.convOptions(below(2) === 0, [below(3), below(3)]),
      DEPTHWISE_CONV_2D: () => tfl.depthwiseOptions(below(2) === 0, [1 + below(2), 1]),
      AVERAGE_POOL_2D: () => tfl.poolOptions(below(2) === 0, [1 + below(3), 1 + below(3)], [1 + below(2), 1]),
      MAX_POOL_2D: () => tfl.poolOptions(below(2) === 0, [1 + below(3), 1 + below(3)], [1 + below(2), 1]),
      FULLY_CONNECTED: () => tfl.denseOptions(below(4), below(8) === 0 ? 1 : 0, below(2)),
      GATHER: () => tfl.gatherOptions(below(3) - 1),
      LEAKY_RELU: () => tfl.leakyReluOptions(below(3)),
      PACK: () => tfl.packOptions(below(4), below(3) - 1),
      RESHAPE: () => tfl.reshapeOptions(list(below(5), () => below(5) - 1)),
      SOFTMAX: () => tfl.softmaxOptions(),
      SQUEEZE: () => tfl.squeezeOptions(list(below(3), () => below(5) - 1)),
      STRIDED_SLICE: () => tfl.stridedSliceOptions(list(5, () => (below(4) === 0 ? 1 : 0))),
      MEAN: () => tfl.reducerOptions(below(2) === 0),
    }
    return below(8) === 0 ? undefined : byKind[op]?.()
  }
  const steps: Step[] = []
  for (let i = 0; i < 1 + below(6); i += 1) {
    const op = pick(names)
    const [min, max] = operators[op].operands
    const count = min + (max > min ? below(Math.min(max, min + 3) - min + 1) : 0)
    const chosen = options(op)
    const output = `v${i}`
    tensors[output] = { shape: [], type: pick(['f32', 'f32', 'f32', 'i32', 'u8', 'i64']) }
    const inputs = Array.from({ length: count }, () => pick(pool))
    steps.push(chosen ? [op, inputs, output, chosen] : [op, inputs, output])
    pool.push(output, output, output)
  }
  const [, , output] = steps.at(-1) as Step
  return { tensors, steps, inputs: ['x', 'image'], outputs: [`${output}`] }
}

test('operators of operands that do not fit are read, or refused by name', async () => {
  const count = share(4000, 50_000)
  let read = 0
  for (let seed = 1; seed <= count; seed += 1) {
    const description = nonsense(seed)
    try {
      await net(description)
      read += 1
    } catch (error) {
      if (!(error instanceof DepthwiseError)) {
        throw new Error(`seed ${seed}: ${JSON.stringify(description.steps)}`, { cause: error })
      }
      expect(error.message.length, `seed ${seed}: ${error.message}`).toBeLessThan(1000)
      expect(error.message, `seed ${seed}`).toMatch(/^(operator \d+ \(|subgraph|tensor)/)
    }
  }
  expect(read).toBeGreaterThan(count / 100)
})

import type { TailOp, TailResult } from '../../src/backend.ts'
import { GraphBuilder, type Tail, type Tensor } from '../../src/index.ts'
import { prepareTail } from '../../src/tail/index.ts'

type Result = Omit<TailResult, 'name'>

const b = new GraphBuilder()
/** x [1, 2], which the tails below do not read. */
const graph = b.build([b.input([1, 2], { name: 'x' })])

/** A tail of one step on constants. */
export function oneStep(op: TailOp, constants: readonly Tensor[], results: readonly Result[]): Tail {
  return {
    inputs: [],
    constants,
    steps: [
      {
        op,
        operands: constants.map((_, at) => at),
        results: results.map((result, at) => ({ name: `r${at}`, ...result })),
      },
    ],
    outputs: results.map((_, at) => ({ name: `r${at}`, value: constants.length + at })),
  }
}

/** What a step computes of constants. */
export function computed(op: TailOp, constants: readonly Tensor[], ...results: readonly Result[]): readonly Tensor[] {
  return Object.values(prepareTail(oneStep(op, constants, results), graph)({}))
}

/** The elements of the only result of a step. */
export const elementsOf = (op: TailOp, constants: readonly Tensor[], result: Result): readonly number[] =>
  Array.from((computed(op, constants, result)[0] as Tensor).data)

export const float = (...shape: readonly number[]): Result => ({ dtype: 'float32', shape })
export const int = (...shape: readonly number[]): Result => ({ dtype: 'int32', shape })
export const byte = (scale: number, zeroPoint: number, ...shape: readonly number[]): Result => ({
  dtype: 'int8',
  shape,
  quantization: { scale, zeroPoint },
})

import { GraphError, ShapeError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { quantizeInto } from '../quantization.ts'
import type { Outputs } from '../runtime/backend.ts'
import { elementCount, formatShape, type Tensor, zeros } from '../tensor.ts'
import { checkTail, stepLabel } from './check.ts'
import { tailKernels } from './kernels.ts'
import type { TailKernel } from './step.ts'
import type { Tail, TailInput, TailKind } from './tail.ts'

/** Computes what follows a graph of that graph's outputs by name; with `all`, the values in between too. */
export type TailProgram = (outputs: Outputs, all?: boolean) => Outputs

/**
 * Makes a tail ready to run behind a graph, item by item of a batch: what is found for each item stands one after another along the
 * first axis of an output.
 * @param batch - items in the outputs of the graph, where these are not as many as it says itself
 * @throws GraphError or ShapeError where the tail breaks its rules, does not follow that graph, or cannot take that batch. The
 * program throws a GraphError naming the step for indices that lie outside of what they index
 */
export function prepareTail(tail: Tail, graph: Graph, batch?: number): TailProgram {
  checkTail(tail, graph)
  const own = graph.nodes.find(({ id }) => id === graph.outputs[0])?.shape[0] ?? 1
  const items = batch === undefined || batch === own ? 1 : batch
  if (batch !== undefined && batch !== own) checkBatch(tail, own, batch)
  return (outputs, all = false) => {
    const given = tail.inputs.map(input => asStored(outputs[input.name], input, items))
    const runs = Array.from({ length: items }, (_, item) =>
      runItem(
        tail,
        given.map((value, at) => itemOf(value, tail.inputs[at] as TailInput, item)),
        all,
      ),
    )
    return together(runs)
  }
}

/** Outputs are put together along a first axis of 1, which stands for the batch in files. */
function checkBatch(tail: Tail, own: number, items: number): void {
  const values = [...tail.inputs, ...tail.constants, ...tail.steps.flatMap(({ results }) => results)]
  const fixed = tail.outputs.find(({ value }) => values[value]?.shape[0] !== 1)
  if (own === 1 && !fixed) return
  const where = fixed ? `tail, output "${fixed.name}"` : 'tail'
  throw new ShapeError({ where, expected: `a batch of ${own}, for which the file is written`, found: `${items}` })
}

function runItem(tail: Tail, given: readonly Tensor[], all: boolean): ReadonlyMap<string, Tensor> {
  const values = [...given, ...tail.constants]
  const between = new Map<string, Tensor>()
  for (const [index, step] of tail.steps.entries()) {
    const operands = step.operands.map(operand => values[operand] as Tensor)
    const results = step.results.map(({ name: _, shape, dtype, quantization }) => {
      return { ...zeros(shape, dtype), ...(quantization && { quantization }) } as Tensor
    })
    const refuse = (expected: string, found: string): never => {
      throw new GraphError({ where: stepLabel(index, step), expected, found })
    }
    const kernel = tailKernels[step.op.kind] as TailKernel<TailKind>
    kernel(step.op as never, { operands, results, refuse })
    values.push(...results)
    if (all) for (const [place, { name }] of step.results.entries()) between.set(name, results[place] as Tensor)
  }
  const outputs = tail.outputs.map(({ name, value }) => [name, values[value] as Tensor] as const)
  return new Map([...between, ...outputs])
}

/** A value as the file has it: backends that read a quantized file as reals give reals. */
function asStored(value: Tensor | undefined, { name, shape, dtype, quantization }: TailInput, items: number): Tensor {
  const where = `output "${name}"`
  if (!value) throw new GraphError({ where, expected: 'a value for the tail', found: 'none of that name' })
  if (value.data.length !== items * elementCount(shape)) {
    const found = formatShape(value.shape)
    throw new ShapeError({ where, expected: `${items} of ${formatShape(shape)}`, found })
  }
  if (value.dtype === dtype) return value
  if (value.dtype !== 'float32') throw new GraphError({ where, expected: `${dtype} or float32`, found: value.dtype })
  const stored = zeros(value.shape, dtype)
  quantizeInto(value.data, { dtype, ...(quantization && { quantization }) }, stored.data)
  return stored
}

function itemOf({ data }: Tensor, { shape, dtype, quantization }: TailInput, item: number): Tensor {
  const size = elementCount(shape)
  const own = data.subarray(item * size, (item + 1) * size)
  return { dtype, shape, data: own, ...(quantization && { quantization }) } as Tensor
}

/** Results of all items, one after another along their first axis; those in between that have none of 1 are left out. */
function together(runs: readonly ReadonlyMap<string, Tensor>[]): Outputs {
  const [first] = runs as readonly [ReadonlyMap<string, Tensor>]
  if (runs.length === 1) return Object.fromEntries(first)
  const joined = [...first].flatMap(([name, value]): [string, Tensor][] => {
    if (value.shape[0] !== 1) return []
    const all = { ...value, ...zeros(value.shape.with(0, runs.length), value.dtype) } as Tensor
    for (const [item, run] of runs.entries())
      all.data.set((run.get(name) as Tensor).data as never, item * value.data.length)
    return [[name, all]]
  })
  return Object.fromEntries(joined)
}

import { GraphError, ShapeError } from '../errors.ts'
import { quantizeInto } from '../quantization.ts'
import type { Outputs } from '../runtime/backend.ts'
import { elementCount, formatShape, type Tensor, zeros } from '../tensor.ts'
import { tailKernels } from './kernels.ts'
import type { TailKernel } from './step.ts'
import type { Tail, TailInput, TailKind } from './tail.ts'

/**
 * Computes a tail of a graph's outputs, by name, item by item of a batch.
 * @param all - whether the values in between are returned too
 * @returns the tail's outputs, then those of the graph that it does not name
 * @throws GraphError naming a step whose operands do not fit; ShapeError for a batch whose results cannot be put together
 */
export function runTail(tail: Tail, outputs: Outputs, all = false): Outputs {
  const given = tail.inputs.map(input => asStored(outputs[input.name], input))
  const batch = given[0]?.shape[0] ?? 1
  const items = Array.from({ length: batch }, (_, item) =>
    runItem(
      tail,
      given.map(value => itemOf(value, item, batch)),
      all,
    ),
  )
  const names = [...(items[0]?.keys() ?? [])]
  const valuesOf = (name: string): readonly Tensor[] => items.map(item => item.get(name) as Tensor)
  return Object.fromEntries(names.map(name => [name, together(name, valuesOf(name))]))
}

function runItem(tail: Tail, given: readonly Tensor[], all: boolean): ReadonlyMap<string, Tensor> {
  const values = [...given, ...tail.constants]
  const between = new Map<string, Tensor>()
  for (const [index, { op, operands, results }] of tail.steps.entries()) {
    const where = `step ${index} of the tail (${op.kind})`
    const read = operands.map(operand => {
      const value = values[operand]
      if (value) return value
      throw new GraphError({ where, expected: `an operand below ${values.length}`, found: `${operand}` })
    })
    const kernel = tailKernels[op.kind] as TailKernel<TailKind>
    const computed = kernel(op as never, { where, operands: read, results })
    values.push(...computed)
    if (all) for (const [place, { name }] of results.entries()) between.set(name, computed[place] as Tensor)
  }
  const outputs = tail.outputs.map(({ name, value }) => [name, values[value] as Tensor] as const)
  return new Map([...outputs, ...between])
}

/** A value as the file has it: backends that read a quantized file as reals give reals. */
function asStored(value: Tensor | undefined, { name, dtype, quantization }: TailInput): Tensor {
  if (!value) throw new GraphError({ where: 'tail', expected: `an output "${name}"`, found: 'none of that name' })
  if (value.dtype === dtype) return value
  const stored = zeros(value.shape, dtype)
  quantizeInto(value.data, { dtype, ...(quantization && { quantization }) }, stored.data)
  return { ...stored, ...(quantization && { quantization }) } as Tensor
}

function itemOf(value: Tensor, item: number, batch: number): Tensor {
  if (batch === 1) return value
  const shape = value.shape.with(0, 1)
  const size = elementCount(shape)
  return { ...value, shape, data: value.data.slice(item * size, (item + 1) * size) } as Tensor
}

/** Results of all items, one after another along their first axis. */
function together(name: string, values: readonly Tensor[]): Tensor {
  const [first] = values as readonly [Tensor]
  if (values.length === 1) return first
  const { shape } = first
  if (shape[0] !== 1 || values.some(each => each.data.length !== first.data.length)) {
    const expected = 'a batch of 1, since what follows the network does not know batches'
    throw new ShapeError({
      where: `output "${name}"`,
      expected,
      found: `${values.length} results of ${formatShape(shape)}`,
    })
  }
  const joined = zeros(shape.with(0, values.length), first.dtype)
  for (const [item, { data }] of values.entries()) joined.data.set(data as never, item * data.length)
  return { ...first, ...joined } as Tensor
}

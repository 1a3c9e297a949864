import { GraphError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { checkQuantization } from '../quantization.ts'
import { show } from '../show.ts'
import { checkShape, dtypeOf, dtypes, elementCount, formatShape, sameShape, type ValueType } from '../tensor.ts'
import { checkAttributes } from './attributes.ts'
import { checkTailElements, tailShapes } from './rules.ts'
import type { Tail, TailStep } from './tail.ts'

/** What all results of a tail may hold together: more than any decoder needs, and no more than what it reads makes plausible. */
const allowance = (elements: number): number => 2 ** 22 + 64 * elements

/**
 * Throws unless a tail keeps its rules: steps that read what stands before them, attributes in their domains, element types and shapes
 * that follow from the operands, results of a sensible size. With the graph, its inputs are outputs of that graph.
 * @throws GraphError or ShapeError naming the step
 */
export function checkTail({ inputs, constants, steps, outputs }: Tail, graph?: Graph): void {
  const values: ValueType[] = []
  for (const input of inputs) {
    checkValue(input, `tail, input ${show(input.name)}`)
    values.push(input)
  }
  for (const [index, constant] of constants.entries()) {
    const where = `tail, constant ${index}`
    checkValue(constant, where)
    if (dtypeOf(constant.data) !== constant.dtype) fail(where, `${constant.dtype} data`, show(dtypeOf(constant.data)))
    if (constant.data.length !== elementCount(constant.shape))
      fail(where, `${elementCount(constant.shape)} elements`, `${constant.data.length}`)
    values.push(constant)
  }
  if (graph) checkInputs(inputs, graph)
  const given = values.reduce((sum, { shape }) => sum + elementCount(shape), 0)
  let room = allowance(given)
  for (const [index, step] of steps.entries()) {
    const where = stepLabel(index, step)
    checkStep(step, values, where)
    room -= step.results.reduce((sum, { shape }) => sum + elementCount(shape), 0)
    if (room < 0) fail(where, `results of at most ${allowance(given)} elements in all`, 'more')
    values.push(...step.results)
  }
  if (outputs.length === 0) fail('tail, outputs', 'at least one', 'none')
  const names = new Set<string>()
  for (const { name, value } of outputs) {
    if (!values[value]) fail(`tail, output ${show(name)}`, `a value below ${values.length}`, show(value))
    if (names.has(name)) fail('tail, outputs', 'names of their own', `${show(name)} twice`)
    names.add(name)
  }
}

/** How errors point at a step. */
export const stepLabel = (index: number, { op, results }: TailStep): string =>
  `step ${index} of the tail (${show(op?.kind).replaceAll('"', '')}${results?.[0] ? `, ${show(results[0].name)}` : ''})`

function checkStep({ op, operands, results }: TailStep, values: readonly ValueType[], where: string): void {
  checkAttributes(op, where)
  const refuse = (expected: string, found: string): never => fail(where, expected, found)
  const read = operands.map(operand => values[operand] ?? refuse(`operands below ${values.length}`, show(operand)))
  for (const result of results) checkValue(result, where)
  const shapes = tailShapes(
    op,
    read.map(({ shape }) => shape),
    results.length,
    refuse,
  )
  for (const [place, { shape }] of results.entries()) {
    const inferred = shapes[place] as readonly number[]
    if (!sameShape(shape, inferred)) refuse(`a result of ${formatShape(inferred)}`, formatShape(shape))
  }
  checkTailElements(op, read, results, refuse)
}

function checkValue(value: ValueType, where: string): void {
  if (!dtypes.includes(value.dtype)) fail(where, `a dtype of ${dtypes.join(', ')}`, show(value.dtype))
  checkShape(value.shape, where)
  checkQuantization(value, where)
}

/** Whether a graph gives what the tail reads: as many elements, in a batch of which each item is one run. */
function checkInputs(inputs: Tail['inputs'], graph: Graph): void {
  for (const { name, shape } of inputs) {
    const node = graph.nodes.find(each => each.name === name && graph.outputs.includes(each.id))
    const where = `tail, input ${show(name)}`
    if (!node) fail(where, 'an output of the graph', 'none of that name')
    if (elementCount(node.shape) !== elementCount(shape))
      fail(where, `a value of ${formatShape(shape)}`, formatShape(node.shape))
  }
}

function fail(where: string, expected: string, found: string): never {
  throw new GraphError({ where, expected, found })
}

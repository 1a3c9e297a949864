import { dequantized, type Model, OptionError, type Outputs, type Tensor } from '@depthwise/core'
import { writeNpy, writeNpz } from '@depthwise/formats'
import { nodesOf } from '../checkpoint/ends.ts'
import { parseNamed, quoted } from './named.ts'

/** A file, and the outputs that it gets. */
export interface PlannedFile {
  readonly path: string
  readonly names: readonly string[]
}

/** What a graph is given, not what it computes. */
const given: ReadonlySet<string> = new Set(['input', 'constant'])

/** The names of the values that a run writes: the outputs, or all that is computed. */
export function writtenNames({ graph, tail }: Model, expose: 'outputs' | 'all'): readonly string[] {
  const outputs = tail?.outputs ?? nodesOf(graph, 'outputs')
  if (expose === 'outputs') return outputs.map(({ name }) => name)
  const nodes = graph.nodes.filter(({ op }) => !given.has(op.kind))
  const results = tail?.steps.flatMap(step => step.results) ?? []
  return [...new Set([...nodes, ...results].map(({ name }) => name))]
}

/** Quantized outputs as the reals they stand for; others as they are. */
export function inReals(outputs: Outputs): Outputs {
  const real = (value: Tensor): Tensor => (value.quantization ? dequantized(value) : value)
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, real(value)]))
}

const isArchive = (path: string): boolean => /\.npz$/i.test(path)

/**
 * Settles which output goes into which file: the only one into the only file, each into the file it is named with, or all
 * into an `.npz` archive. No output is left out unless the caller names the others.
 * @param texts values of `--output`
 * @param names of all outputs
 * @throws OptionError where they do not say, listing the names
 */
export function planOutputs(texts: readonly string[], names: readonly string[]): readonly PlannedFile[] {
  const files = texts.map(text => parseNamed(text, names, '--output'))
  const plan = files.map(({ path, name }): PlannedFile => {
    if (name !== undefined) return { path, names: [name] }
    if (names.length === 1 || isArchive(path)) return { path, names }
    throw new OptionError({
      where: 'option --output',
      expected: `NAME=FILE for each output that is wanted, of ${quoted(names)}, or a .npz file for all`,
      found: path || '""',
    })
  })
  const twice = plan.find(({ path }, at) => plan.findIndex(other => other.path === path) !== at)
  if (twice) throw new OptionError({ where: 'option --output', expected: 'each file once', found: twice.path })
  return plan
}

/** The bytes of a file: an archive of its outputs where the name ends in `.npz`, else the only array. */
export function encodeOutputs(path: string, names: readonly string[], outputs: Outputs): Uint8Array {
  const arrays = names.map(name => [name, outputs[name] as Tensor] as const)
  return isArchive(path) ? writeNpz(new Map(arrays)) : writeNpy((arrays[0] as (typeof arrays)[0])[1])
}

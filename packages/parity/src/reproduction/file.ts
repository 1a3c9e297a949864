import {
  type BytesLike,
  DepthwiseError,
  FormatError,
  graphFromJSON,
  graphToJSON,
  type Node,
  type Tensor,
} from '@depthwise/core'
import { bindInputs, checkParams, nodeIndex, type ParamName, sameShape, show } from '@depthwise/core/backend'
import { readSafetensors, writeSafetensors } from '@depthwise/formats'
import { resolveTolerance, type Tolerance } from '../compare/tolerance.ts'
import type { Expectation, Reproduction } from './reproduction.ts'

const key = 'depthwise.reproduction'
const version = 1

/** The words of a reproduction; its tensors stand beside them. */
interface Header {
  readonly version: number
  readonly graph: unknown
  /** Which set of inputs each run takes. */
  readonly runs: readonly number[]
  readonly tolerance: Tolerance
  readonly reference: string
  readonly candidate: string
  readonly alone: boolean
}

/**
 * A reproduction as one file: safetensors, so that other tools can look at its tensors: `param/NAME`, `input/SET/NAME`,
 * `expected/SET` and `found`. Equal reproductions make equal bytes.
 */
export function writeReproduction(reproduction: Reproduction): Uint8Array {
  const { graph, params, runs, tolerance, reference, candidate, alone, found } = reproduction
  const sets = [...new Set(runs)]
  const tensors = new Map<string, Tensor>([...params].map(([name, value]) => [`param/${name}`, value]))
  sets.forEach(({ inputs, expected }, set) => {
    for (const [name, value] of Object.entries(inputs)) tensors.set(`input/${set}/${name}`, value)
    tensors.set(`expected/${set}`, expected)
  })
  tensors.set('found', found)
  const order = runs.map(run => sets.indexOf(run))
  const header: Header = {
    version,
    graph: graphToJSON(graph),
    runs: order,
    tolerance,
    reference,
    candidate,
    alone,
  }
  return writeSafetensors(tensors, { metadata: { [key]: JSON.stringify(header) } })
}

/**
 * Reads what `writeReproduction` wrote. Nothing in it is trusted: graph, parameters and inputs are checked as a backend would.
 * @throws FormatError naming the field
 */
export function readReproduction(bytes: BytesLike): Reproduction {
  const { tensors, metadata } = readSafetensors(bytes)
  const header = headerOf(metadata[key])
  const graph = checked('graph', () => graphFromJSON(header.graph))
  const params = new Map<ParamName, Tensor>(
    [...tensors].filter(([name]) => name.startsWith('param/')).map(([name, value]) => [name.slice(6), value]),
  )
  checked('parameters', () => checkParams(graph, params))
  const output = nodeIndex(graph).get(graph.outputs[0] as number) as Node
  if (graph.outputs.length !== 1) fail('graph', 'one output', `${graph.outputs.length}`)
  const sets = new Map<number, Expectation>()
  const setOf = (set: number): Expectation => {
    const inputs = Object.fromEntries(
      graph.nodes
        .filter(node => node.op.kind === 'input')
        .map(({ name }) => [name, tensorOf(tensors, `input/${set}/${name}`)]),
    )
    checked(`inputs of set ${set}`, () => bindInputs(graph, inputs))
    return { inputs, expected: outputValue(tensors, `expected/${set}`, output) }
  }
  const runs = header.runs.map(set => {
    const known = sets.get(set) ?? setOf(set)
    sets.set(set, known)
    return known
  })
  const tolerance = checked('tolerance', () => resolveTolerance(header.tolerance))
  const { reference, candidate, alone } = header
  return { graph, params, runs, tolerance, found: outputValue(tensors, 'found', output), reference, candidate, alone }
}

function headerOf(text: string | undefined): Header {
  if (text === undefined) fail('__metadata__', key, 'no such key')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new FormatError({ where: key, expected: 'JSON', found: show(text), cause: error })
  }
  if (typeof json !== 'object' || json === null) fail(key, 'an object', show(json))
  const { version: written, runs, tolerance, reference, candidate, alone } = json as Partial<Header>
  if (written !== version) fail(`${key}, version`, `${version}`, show(written))
  if (!Array.isArray(runs) || runs.length === 0 || !runs.every(set => Number.isSafeInteger(set) && set >= 0)) {
    fail(`${key}, runs`, 'numbers of sets', show(runs))
  }
  if (typeof tolerance !== 'object' || tolerance === null) fail(`${key}, tolerance`, 'an object', show(tolerance))
  for (const [name, value] of Object.entries({ reference, candidate })) {
    if (typeof value !== 'string') fail(`${key}, ${name}`, 'a name', show(value))
  }
  if (typeof alone !== 'boolean') fail(`${key}, alone`, 'true or false', show(alone))
  return json as Header
}

function tensorOf(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  return tensors.get(name) ?? fail('tensors', `one called ${show(name)}`, 'none')
}

function outputValue(tensors: ReadonlyMap<string, Tensor>, name: string, { shape }: Node): Tensor {
  const value = tensorOf(tensors, name)
  if (value.dtype !== 'float32' || !sameShape(value.shape, shape)) {
    fail(`tensor "${name}"`, `float32 ${shape.join('x')}`, `${value.dtype} ${value.shape.join('x')}`)
  }
  return value as Tensor
}

function checked<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DepthwiseError)) throw error
    const { where, expected, found } = error
    throw new FormatError({ where: `${field}, ${where}`, expected, found, cause: error })
  }
}

function fail(where: string, expected: string, found: string): never {
  throw new FormatError({ where: `reproduction, ${where}`, expected, found })
}

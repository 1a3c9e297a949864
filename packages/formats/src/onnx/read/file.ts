import { FormatError, UnsupportedOpError } from '@depthwise/core'
import { quote } from '../../quote.ts'
import type { GraphMessage, ModelMessage, NodeMessage, TensorMessage, ValueInfoMessage } from '../schema.ts'
import { type ExternalData, ExternalFiles } from './external-data.ts'
import { decodeModel } from './model.ts'

/** A node of the file. */
export interface FileNode {
  readonly index: number
  /** How errors point at it. */
  readonly label: string
  readonly opType: string
  /** Names of values; '' for an operand left out. */
  readonly inputs: readonly string[]
  /** The name of its first result, the only one of most operators that is read; '' where only others are asked for. */
  readonly output: string
  readonly message: NodeMessage
}

/** Operator sets whose meaning is known here: from ONNX 1.2 (2018) to ONNX 1.21. */
const opsets = { min: 7, max: 26 }

/** An ONNX file, and who reads and writes which value of its graph. */
export class OnnxFile {
  readonly opset: number
  readonly graphName: string
  readonly properties: ReadonlyMap<string, string>
  readonly nodes: readonly FileNode[]
  readonly initializers: ReadonlyMap<string, TensorMessage>
  /** The files beside this one that hold tensors of it. */
  readonly externalFiles: ExternalFiles
  /** Inputs without those that only name an initializer, as files before version 4 list them. */
  readonly inputs: readonly ValueInfoMessage[]
  readonly outputs: readonly ValueInfoMessage[]
  readonly #outputNames: ReadonlySet<string>
  readonly #writers = new Map<string, FileNode>()
  readonly #readers = new Map<string, FileNode[]>()

  /**
   * @throws FormatError for bytes that are no ONNX file, or a graph whose values have two sources; UnsupportedOpError for
   * operator sets, local functions and sparse constants, none of which are known here; OptionError for files that hold
   * tensors of this one and were not passed
   */
  constructor(bytes: Uint8Array, externalData?: ExternalData) {
    const model = decodeModel(bytes)
    this.opset = opsetOf(model)
    const { graph } = model
    if (!graph) throw new FormatError({ where: 'ModelProto', expected: 'a graph', found: 'none' })
    if (model.functions || graph.sparseInitializer) {
      const found = model.functions ? 'local functions' : 'sparse constants'
      throw new UnsupportedOpError({ where: 'ModelProto', expected: 'a graph of operators', found })
    }
    this.graphName = graph.name ?? ''
    this.properties = new Map((model.metadataProps ?? []).map(({ key = '', value = '' }) => [key, value]))
    this.initializers = readInitializers(graph)
    this.externalFiles = new ExternalFiles(model, externalData)
    this.inputs = (graph.input ?? []).filter(({ name = '' }) => !this.initializers.has(name))
    this.outputs = graph.output ?? []
    this.#outputNames = new Set(this.outputs.map(({ name = '' }) => name))
    this.nodes = (graph.node ?? []).map(readNode)
    this.#connect()
  }

  /** The node that computes a value. */
  writer(name: string): FileNode | undefined {
    return this.#writers.get(name)
  }

  /** The nodes that read a value; one that reads it twice stands once. */
  readers(name: string): readonly FileNode[] {
    return this.#readers.get(name) ?? []
  }

  isOutput(name: string): boolean {
    return this.#outputNames.has(name)
  }

  #connect(): void {
    const given = new Set(this.initializers.keys())
    for (const { name = '' } of this.inputs) claim(given, name, 'graph, inputs')
    if (this.outputs.length === 0 || this.#outputNames.size !== this.outputs.length) {
      const found = this.outputs.length === 0 ? 'none' : 'one of them twice'
      throw new FormatError({ where: 'graph, outputs', expected: 'at least one value, each once', found })
    }
    for (const node of this.nodes) {
      for (const name of node.message.output ?? []) {
        if (name === '') continue
        claim(given, name, node.label)
        this.#writers.set(name, node)
      }
      for (const name of new Set(node.inputs)) {
        const readers = this.#readers.get(name)
        if (readers) readers.push(node)
        else this.#readers.set(name, [node])
      }
    }
  }
}

/** Every value has one source. */
function claim(given: Set<string>, name: string, where: string): void {
  if (given.has(name)) {
    throw new FormatError({ where, expected: 'a value that nothing else provides', found: quote(name) })
  }
  given.add(name)
}

function opsetOf({ irVersion = 0, opsetImport = [] }: ModelMessage): number {
  if (irVersion < 3) {
    throw new FormatError({
      where: 'ModelProto.ir_version',
      expected: 'a version of at least 3',
      found: `${irVersion}`,
    })
  }
  const versions = opsetImport.filter(({ domain = '' }) => domain === '' || domain === 'ai.onnx')
  const version = versions[0]?.version
  if (version === undefined || versions.length > 1) {
    const found = `${versions.length}`
    throw new FormatError({ where: 'ModelProto.opset_import', expected: "one version of ONNX' own operators", found })
  }
  if (version < opsets.min || version > opsets.max) {
    const expected = `operator set ${opsets.min} to ${opsets.max}`
    throw new UnsupportedOpError({ where: 'ModelProto.opset_import', expected, found: `${version}` })
  }
  return version
}

function readInitializers({ initializer = [] }: GraphMessage): ReadonlyMap<string, TensorMessage> {
  const named = new Map(initializer.map(tensor => [tensor.name ?? '', tensor]))
  if (named.size !== initializer.length || named.has('')) {
    const found = named.has('') ? 'one without' : 'one of them twice'
    throw new FormatError({ where: 'graph, initializers', expected: 'a name each', found })
  }
  return named
}

function readNode(message: NodeMessage, index: number): FileNode {
  const { name = '', opType = '', domain = '', input = [], output = [] } = message
  const local = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`
  const label = `node ${index}${name === '' ? '' : ` ${quote(name)}`} (${local.slice(0, 80)})`
  if (opType === '' || output.every(name => name === '')) {
    const found = opType === '' ? 'no operator' : 'no result'
    throw new FormatError({ where: label, expected: 'an operator and the name of its result', found })
  }
  return { index, label, opType: local, inputs: input, output: output[0] ?? '', message }
}

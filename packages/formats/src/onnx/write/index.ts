import {
  type CompileOptions,
  type DType,
  type Metadata,
  type Network,
  type Node,
  type NodeId,
  type OpKind,
  OptionError,
} from '@depthwise/core'
import { nodeIndex, type OpOf, prepare } from '@depthwise/core/backend'
import { encodeMetadata, metadataKey } from '../../saved/metadata.ts'
import { planarFromOurs, reorder } from '../layout.ts'
import { encode } from '../proto/encode.ts'
import { type DimensionMessage, dataTypes, denotations, modelSchema, type ValueInfoMessage } from '../schema.ts'
import { OnnxFile } from './file.ts'
import { Step } from './step.ts'
import { writeNode } from './table.ts'
import { type Form, Values, workingForm } from './values.ts'

/** How the axes of images stand in a file: as our graphs have them, or as ONNX' operators do. */
export type ImageLayout = 'nhwc' | 'nchw'

/** What an ONNX file takes, returns and is called. Values that are not images are the same in either layout. */
export interface WriteOnnxOptions {
  /** Of inputs of rank 4. Default `nhwc`: the same tensors as the graph takes, transposed once inside the file. */
  readonly inputLayout?: ImageLayout
  /** Of outputs of rank 4. Default `nhwc`. */
  readonly outputLayout?: ImageLayout
  /** Which values besides the graph's outputs become outputs of the file, under the names of their nodes. */
  readonly expose?: NonNullable<CompileOptions['expose']>
  /** The batch of the file; a word leaves it open under that name. Default: the graph's own. */
  readonly batch?: number | string
  /** What the file calls its graph. Default: the name in the metadata, else `depthwise`. */
  readonly name?: string
}

/** Operator set 17 with version 8 of the format (ONNX 1.12): new enough for every operator, old enough for every runtime. */
const opset = 17
const irVersion = 8
/** Protobuf counts lengths in 31 bits. */
const largestFile = 2 ** 31 - 1

const elementTypes: Readonly<Record<DType, number>> = {
  float32: dataTypes.FLOAT,
  uint8: dataTypes.UINT8,
  int8: dataTypes.INT8,
  int32: dataTypes.INT32,
}

/**
 * Writes a network as an ONNX file: operator set 17, images NCHW inside and weights OIHW. Inputs and outputs bear the names
 * of their nodes, and so does every value inside that a node of the graph computes. Quantized ops are written as operators on
 * reals between DequantizeLinear and QuantizeLinear (QDQ), weights and biases as the integers that they are. Metadata, where given, goes into the
 * file's own properties; what follows the network on the host (`Model.tail`) does not. The same network makes the same bytes.
 *
 * @throws GraphError, ShapeError or WeightsError for a network that is none; OptionError where the file would pass 2 GiB
 */
export function writeOnnx(
  network: Network & { readonly metadata?: Metadata },
  options: WriteOnnxOptions = {},
): Uint8Array {
  const { batch, expose = 'outputs' } = options
  const { graph, params } = prepare(network.graph, network.params, {
    expose,
    ...(typeof batch === 'number' && { batch }),
  })
  const nodes = nodeIndex(graph)
  const at = (id: NodeId): Node => nodes.get(id) as Node
  const inputs = graph.inputs.map(at)
  const outputs = graph.outputs
    .map(at)
    .filter(node => node.op.kind !== 'input' || network.graph.outputs.includes(node.id))
  const visible = new Map<NodeId, Form>([
    ...outputs.map(node => [node.id, formOf(node, options.outputLayout)] as const),
    ...inputs.map(node => [node.id, formOf(node, options.inputLayout)] as const),
  ])

  const file = new OnnxFile(
    graph.nodes.map(node => node.name),
    typeof batch === 'string',
  )
  const values = new Values(file, visible)
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') values.store(node, visible.get(node.id) as Form)
    else writeNode(node.op as OpOf<Exclude<OpKind, 'input'>>, new Step(node, node.inputs.map(at), file, values, params))
  }
  for (const node of outputs) values.read(node, visible.get(node.id) as Form)
  if (file.size > largestFile - 2 ** 24) {
    throw new OptionError({ where: 'writeOnnx', expected: 'at most 2 GiB of parameters', found: `${file.size} bytes` })
  }

  const { metadata } = network
  const describe = (node: Node): ValueInfoMessage => valueInfo(node, visible.get(node.id) as Form, batch)
  return encode(modelSchema, {
    irVersion,
    producerName: 'depthwise',
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      node: file.nodes,
      name: options.name ?? metadata?.name ?? 'depthwise',
      initializer: file.initializers,
      input: inputs.map(describe),
      output: outputs.map(describe),
    },
    ...(metadata && { metadataProps: [{ key: metadataKey, value: encodeMetadata(metadata) }] }),
  })
}

function formOf(node: Node, layout: ImageLayout = 'nhwc'): Form {
  return layout === 'nchw' ? workingForm(node) : 'ours'
}

/** Name, type and shape; the axes of images are marked, so that no reader has to guess which of them holds channels. */
function valueInfo(node: Node, form: Form, batch: number | string | undefined): ValueInfoMessage {
  const { batch: first, spatial, channel } = denotations
  const marks = node.shape.length === 4 ? [first, spatial, spatial, channel] : []
  const dims = node.shape.map((value, axis): DimensionMessage => {
    const denotation = marks[axis]
    const extent = axis === 0 && typeof batch === 'string' ? { param: batch } : { value }
    return { ...extent, ...(denotation && { denotation }) }
  })
  const dim = form === 'planar' ? reorder(dims, planarFromOurs) : dims
  return { name: node.name, type: { tensorType: { elemType: elementTypes[node.dtype], shape: { dim } } } }
}

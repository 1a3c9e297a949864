import { type BytesLike, FormatError, type Graph, type Model, type Shape, type Tensor, tensor } from '@depthwise/core'
import { formatShape, sameShape, toBytes } from '@depthwise/core/backend'
import { refuseOtherFolders } from '../identify/index.ts'
import { readNpy } from '../npy/npy.ts'
import { firstAxisLast } from '../transpose.ts'
import { within } from '../within.ts'
import { type ManifestLayer, readLayers } from './layers.ts'

/** Connects the layers that a manifest lists. The graph wants the parameters `NAME/weights` and `NAME/bias` of each. */
export type ManifestGraph = (layers: readonly Pick<ManifestLayer, 'name' | 'weightShape'>[]) => Graph

/** Reads a folder of arrays. `readManifest` says what comes out, and what is thrown. */
export async function readManifestFolder(
  read: (file: string) => Promise<BytesLike>,
  graphOf: ManifestGraph,
): Promise<Model> {
  const manifest = toBytes(await read('manifest.json'), '"manifest.json"')
  refuseOtherFolders(manifest, 'manifest.json', 'the manifest.json of a folder of arrays', 'manifest')
  const layers = readLayers(manifest)
  const graph = within('manifest', () => graphOf(layers))
  const params = new Map(await Promise.all(layers.flatMap(layer => readLayer(layer, read))))
  return { graph, params, metadata: { format: 'manifest', preprocessing: { normalization: 'signed' } } }
}

function readLayer(layer: ManifestLayer, read: (file: string) => Promise<BytesLike>): Promise<[string, Tensor]>[] {
  const { name, weight, weightShape, bias } = layer
  const isDepthwise = name.endsWith('/depthwise')
  const outputs = (isDepthwise ? weightShape.at(-1) : weightShape[0]) as number
  const weights = async (): Promise<[string, Tensor]> => {
    const values = await readFloats(weight, weightShape, read)
    return [`${name}/weights`, isDepthwise ? depthwise(values) : outputsLast(values)]
  }
  const biases = async (): Promise<[string, Tensor]> => [`${name}/bias`, await readFloats(bias, [outputs], read)]
  return [weights(), biases()]
}

async function readFloats(
  file: string,
  shape: Shape,
  read: (file: string) => Promise<BytesLike>,
): Promise<Tensor<'float32'>> {
  const bytes = toBytes(await read(file), `"${file}"`)
  const array = within(`"${file}"`, () => readNpy(bytes))
  if (array.dtype === 'float32' && sameShape(array.shape, shape)) return array as Tensor<'float32'>
  const found = `${array.dtype} ${formatShape(array.shape)}`
  throw new FormatError({ where: `"${file}"`, expected: `float32 ${formatShape(shape)}`, found })
}

/** 1HWC, of which the leading 1 becomes the multiplier behind: the numbers lie in the same order. */
function depthwise({ shape, data }: Tensor<'float32'>): Tensor {
  return tensor([...shape.slice(1), 1], data)
}

function outputsLast({ shape, data }: Tensor<'float32'>): Tensor {
  const [outputs, ...rest] = shape as [number, ...number[]]
  return tensor([...rest, outputs], firstAxisLast(data, outputs))
}

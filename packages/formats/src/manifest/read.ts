import {
  type BytesLike,
  FormatError,
  formatShape,
  type Model,
  OptionError,
  type Shape,
  type Size2,
  sameShape,
  type Tensor,
  tensor,
  toBytes,
} from '@depthwise/core'
import { refuseOtherFolders } from '../identify/index.ts'
import { readNpy } from '../npy/npy.ts'
import { firstAxisLast } from '../transpose.ts'
import { within } from '../within.ts'
import { buildGraph } from './graph.ts'
import { type ManifestLayer, readLayers } from './layers.ts'

/** What a manifest leaves unsaid. */
export interface ReadManifestOptions {
  /** Rows and columns of the input, which a manifest does not say; one number for a square. Default 224. */
  readonly resolution?: number | Size2
}

/** Reads a folder of arrays. `readManifest` says what comes out, and what is thrown. */
export async function readManifestFolder(
  read: (file: string) => Promise<BytesLike>,
  options: ReadManifestOptions,
): Promise<Model> {
  const { resolution = 224 } = options
  const size: Size2 = typeof resolution === 'number' ? [resolution, resolution] : resolution
  if (!size.every(extent => Number.isInteger(extent) && extent > 0 && extent <= 2 ** 14)) {
    const expected = 'rows and columns from 1 to 16384'
    throw new OptionError({ where: 'option resolution', expected, found: `${resolution}` })
  }
  const manifest = toBytes(await read('manifest.json'), '"manifest.json"')
  refuseOtherFolders(manifest, 'manifest.json', 'the manifest.json of a folder of arrays', 'manifest')
  const layers = readLayers(manifest)
  const graph = within('manifest', () => buildGraph(layers, size))
  const params = new Map(await Promise.all(layers.flatMap(layer => readLayer(layer, read))))
  return { graph, params, metadata: { format: 'manifest', preprocessing: { normalization: 'signed' } } }
}

function readLayer(layer: ManifestLayer, read: (file: string) => Promise<BytesLike>): Promise<[string, Tensor]>[] {
  const { name, place, weight, weightShape, bias } = layer
  const outputs = (place.part === 'depthwise' ? weightShape.at(-1) : weightShape[0]) as number
  const weights = async (): Promise<[string, Tensor]> => {
    const values = await readFloats(weight, weightShape, read)
    return [`${name}/weights`, place.part === 'depthwise' ? depthwise(values) : outputsLast(values)]
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

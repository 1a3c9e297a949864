import { type BytesLike, type Model, type Shape, type Tensor, toBytes } from '@depthwise/core'
import { kindOf, refuse } from '../identify/index.ts'
import { within } from '../within.ts'
import { Archive } from '../zip/archive.ts'
import { parseArchitecture } from './architecture.ts'

/** What a file of Keras holds. */
export interface KerasFile {
  /** The network, where the file describes one; null for bare weights, which `weightsOf` takes. */
  readonly model: Model | null
  /** All weights: by `LAYER/VARIABLE`, or by Keras 3's numbers of layers, `layers/conv2d_1/vars/0`. */
  readonly tensors: ReadonlyMap<string, Tensor>
}

/** What a file of Keras may leave unsaid. */
export interface ReadKerasOptions {
  /** `[height, width, channels]` of the input, for models that leave it open. */
  readonly inputShape?: Shape
  /**
   * The network of bare weights: what `model.to_json()` gives, as text, as the bytes of its file, or parsed. Where the weights
   * come with a network of their own, this one is used instead.
   */
  readonly architecture?: string | Uint8Array | object
}

/**
 * Reads a file of Keras 2 or 3: `.h5` with or without a model, `.weights.h5`, `.keras`. A model comes out as a graph whose
 * nodes are named as its layers are, models within it laid open. The reader of HDF5 is loaded when it is first needed.
 * @throws FormatError or UnsupportedOpError naming the layer and field, or the byte
 */
export async function readKeras(source: BytesLike, options: ReadKerasOptions = {}): Promise<KerasFile> {
  const bytes = toBytes(source)
  const format = kindOf(bytes)?.format
  if (format !== 'hdf5' && format !== 'keras') refuse(bytes, 'keras', 'a file of Keras (.keras, .h5)')
  const { readKerasArchive, readKerasHdf5 } = await import('./files.ts')
  const { architecture, inputShape } = options
  const context = { architecture: architecture === undefined ? undefined : parseArchitecture(architecture), inputShape }
  if (format === 'hdf5') return readKerasHdf5(bytes, context)
  const archive = within('keras', () => Archive.open(bytes)) as Archive
  return readKerasArchive(archive, bytes.length, context)
}

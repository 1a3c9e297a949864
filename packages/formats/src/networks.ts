import type { BytesLike, Model } from '@depthwise/core'
import { toBytes } from '@depthwise/core/backend'
import type { Gguf } from './gguf/read.ts'
import type { ReadKerasOptions } from './keras/read.ts'
import { hasMagic } from './magic.ts'
import type { ManifestGraph } from './manifest/read.ts'
import type { ReadOnnxOptions } from './onnx/read/index.ts'
import type { ReadFile, ReadTfjsOptions } from './tfjs/read.ts'
import type { ReadTFLiteOptions } from './tflite/read.ts'
import type { WeightsFile } from './weights-file.ts'

export type { ArithmeticName } from './arithmetic.ts'
export type { GgufValue } from './gguf/metadata.ts'
export type { Gguf } from './gguf/read.ts'
export type { InputShapes, OpenInput } from './input-shapes.ts'
export type { ReadKerasOptions } from './keras/read.ts'
export type { ManifestLayer } from './manifest/layers.ts'
export type { ManifestGraph } from './manifest/read.ts'
export type { ExternalData } from './onnx/read/external-data.ts'
export type { ReadOnnxOptions } from './onnx/read/index.ts'
export type { ReadFile, ReadTfjsOptions } from './tfjs/read.ts'
export type { ReadTFLiteOptions } from './tflite/read.ts'
export type { WeightsFile } from './weights-file.ts'

// Readers of files that hold a network. The code of a format is loaded when the first file of that format is read.

/**
 * Reads a TFLite file. Values and weights that the file quantises stay the integers that it stores, with its scales and zero
 * points; `metadata.realNodes` says which nodes compute reals between them, and why. `reference()` and `wasm()` compute such a
 * graph to the bytes of TFLite's own runtime; backends that compute reals alone refuse it. Inputs and outputs have the names of the
 * file's tensors and the file's shapes, NHWC; channels-first images that the file transposes are NHWC too.
 * `metadata.inputQuantization` says how raw bytes of an input become reals; bytes without a scale are the reals they are. Labels
 * and normalisation come from TFLite Metadata where the file has it.
 *
 * With `arithmetic: 'real'` everything is float32: weights are dequantised, and activations that the file stores as integers run as
 * reals, clamped to the range those integers can hold (which is how most quantised nets do their ReLU6).
 *
 * @throws FormatError for bytes that are not what the format says, UnsupportedOpError for networks the importer does not
 * know (other operators, several subgraphs, batches that are mixed); both name the operator, or the field and its byte;
 * OptionError for `inputShapes` that do not fit the file
 */
export async function readTFLite(bytes: BytesLike, options: ReadTFLiteOptions = {}): Promise<Model> {
  const file = toBytes(bytes)
  if (!hasMagic(file, 4, 'TFL3')) (await import('./identify/index.ts')).refuse(file, 'tflite', 'a TFLite file')
  return (await import('./tflite/read.ts')).readTFLiteFile(file, options)
}

/**
 * Reads an ONNX file (operator sets 7 to 26) as a graph of ours: images NHWC, transpositions undone rather than kept, what
 * is computed about shapes folded. Inputs that the file takes as NCHW are NHWC here, outputs likewise; names are the file's. An
 * open batch is 1.
 *
 * Values and weights that the file quantizes stay integers: an operator between DequantizeLinear and QuantizeLinear, or a QLinear
 * operator, is one quantized op. onnxruntime rounds otherwise: its results may be a step beside for each op. `metadata.realNodes`
 * says what stays real, and why. Backends that compute reals alone refuse such a graph. With `arithmetic: 'real'` quantised
 * networks are reals clamped to what their integers can hold.
 *
 * @throws FormatError for bytes that are not what the format says, naming the field and its byte or the node;
 * UnsupportedOpError for networks that have no counterpart here, naming the node; OptionError for files of weights that
 * `externalData` lacks, and for `inputShapes` that do not fit the file
 */
export async function readOnnx(bytes: BytesLike, options: ReadOnnxOptions = {}): Promise<Model> {
  const file = toBytes(bytes)
  return (await import('./onnx/index.ts')).readOnnxFile(file, options)
}

/**
 * The files that hold weights of an ONNX model outside of it, as `externalData` of `readOnnx` takes them: relative names, each
 * once, in the order in which the model first names them. Empty for a model that is complete by itself.
 * @throws FormatError for bytes that are not an ONNX file, and for a name that leaves the folder of the model
 */
export async function externalDataFiles(bytes: BytesLike): Promise<readonly string[]> {
  const file = toBytes(bytes)
  return (await import('./onnx/index.ts')).externalFilesOf(file)
}

/**
 * Reads a network that Keras 2 or 3 saved, as `.h5` or `.keras`, or the one that `architecture` describes with the weights of
 * the file. Nodes are named as the layers are; models within the model are inlined.
 * @throws FormatError or UnsupportedOpError naming the layer and field, or the byte; FormatError for weights without a network
 */
export async function readKeras(bytes: BytesLike, options: ReadKerasOptions = {}): Promise<Model> {
  const file = toBytes(bytes)
  return (await import('./keras/read.ts')).readKerasFile(file, options)
}

/**
 * Reads the weights of a file of Keras (`.h5`, `.weights.h5`, `.keras`) by name: by `LAYER/VARIABLE`, or by
 * Keras 3's numbers of layers, `layers/conv2d_1/vars/0`.
 * @throws FormatError naming the byte or the dataset
 */
export async function readKerasWeights(bytes: BytesLike): Promise<WeightsFile> {
  const file = toBytes(bytes)
  return (await import('./keras/read.ts')).readKerasWeightsOf(file)
}

/**
 * Whether a file of Keras describes its network, so that `readKeras` needs no `architecture`. No weights are decoded.
 * @throws FormatError for another file
 */
export async function hasKerasModel(bytes: BytesLike): Promise<boolean> {
  const file = toBytes(bytes)
  return (await import('./keras/read.ts')).hasKerasModelIn(file)
}

/**
 * Reads a folder of TensorFlow.js: a layers-model (Keras' configuration, models within it inlined) or a graph-model
 * (TensorFlow's own graph, of the ops core has), weights plain or quantised. Nodes are named as layers and ops are.
 * @param read gives the bytes of `model.json` and of the files named there
 * @throws FormatError or UnsupportedOpError naming the layer, op, weight or field; whatever `read` throws
 */
export async function readTfjs(read: ReadFile, options: ReadTfjsOptions = {}): Promise<Model> {
  return (await import('./tfjs/read.ts')).readTfjsFolder(read, options)
}

/**
 * Reads a folder of `manifest.json` and `.npy` arrays, the weights and biases of a network whose batch norm is folded and which
 * takes RGB in [-1, 1]. The manifest lists layers, and leaves unsaid how they are connected.
 * @param read gives the bytes of `manifest.json` and of the files named there
 * @param graphOf connects the layers: `manifestGraph` of `@depthwise/models/weights`, or a function of your own. It is called
 * before any array is read.
 * @throws FormatError naming the file, or the layer of the manifest, and what is wrong with it; whatever `read` and `graphOf`
 * throw
 */
export async function readManifest(read: ReadFile, graphOf: ManifestGraph): Promise<Model> {
  return (await import('./manifest/read.ts')).readManifestFolder(read, graphOf)
}

/**
 * Reads the tensors of a GGUF file (versions 2 and 3) by name. F32, F16, BF16 and F64 become float32, all integers but I8 int32.
 * Shapes are in row-major order, which is the reverse of the file's.
 * @throws FormatError naming the key or tensor and the byte: a file that ends too early, quantisation in blocks, tensors that
 * do not lie one after another
 */
export async function readGguf(bytes: BytesLike): Promise<Gguf> {
  const file = toBytes(bytes)
  if (!hasMagic(file, 0, 'GGUF')) (await import('./identify/index.ts')).refuse(file, 'gguf', 'a GGUF file')
  return (await import('./gguf/read.ts')).readGgufFile(file)
}

/**
 * Reads a file that `writeModel` wrote. Halves become float32.
 * @throws FormatError for bytes that are no such file: the graph is verified whole, and has all its parameters
 */
export async function readModel(bytes: BytesLike): Promise<Model> {
  return (await import('./saved/read.ts')).readModel(bytes)
}

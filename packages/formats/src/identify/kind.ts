/**
 * What a file is. `depthwise`: our own saved form. `keras`: a zip of Keras 3 (`.keras`, or `.weights.h5` in one). `hdf5`: an
 * `.h5` file. `tfjs` and `manifest` are the JSON file of a folder.
 */
export type Format =
  | 'tflite'
  | 'onnx'
  | 'safetensors'
  | 'depthwise'
  | 'npy'
  | 'npz'
  | 'gguf'
  | 'hdf5'
  | 'keras'
  | 'tfjs'
  | 'manifest'

/** What a file was recognised as, in words for an error message. */
export interface FileIdentity {
  /** A noun phrase: `an HTML page`. */
  readonly what: string
  /** What to do about it, as a command: `run "git lfs pull"`. */
  readonly advice: string
}

/** A recognised file; `format` is null for what no reader here takes. */
export interface FileKind extends FileIdentity {
  readonly format: Format | null
}

export function other(what: string, advice: string): FileKind {
  return { format: null, what, advice }
}

const words: { readonly [F in Format]: readonly [what: string, reader: string] } = {
  tflite: ['a TFLite file', 'readTFLite'],
  onnx: ['an ONNX file', 'readOnnx'],
  safetensors: ['a safetensors file', 'readSafetensors'],
  depthwise: ['a model that writeModel saved', 'readModel'],
  npy: ['a NumPy array (.npy)', 'readNpy'],
  npz: ['a NumPy archive (.npz)', 'readNpz'],
  gguf: ['a GGUF file', 'readGguf'],
  hdf5: ['an HDF5 file (.h5)', 'readKeras'],
  keras: ['a Keras archive (.keras)', 'readKeras'],
  tfjs: ['the model.json of a TensorFlow.js folder', 'readTfjs'],
  manifest: ['the manifest.json of a folder of arrays', 'readManifest'],
}

export function readable(format: Format): FileKind {
  const [what, reader] = words[format]
  return { format, what, advice: `use ${reader}` }
}

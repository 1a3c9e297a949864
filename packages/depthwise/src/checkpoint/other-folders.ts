/** Folders that are no checkpoint here, by a file that each of them has, and what to do about them. */
const folders: Readonly<Record<string, string>> = {
  'saved_model.pb': 'a TensorFlow SavedModel: convert it to TFLite (tf.lite.TFLiteConverter) or ONNX (tf2onnx)',
  'saved_model.pbtxt': 'a TensorFlow SavedModel: convert it to TFLite (tf.lite.TFLiteConverter) or ONNX (tf2onnx)',
  checkpoint:
    'a TensorFlow checkpoint without its graph: convert it to TFLite (tf.lite.TFLiteConverter) or ONNX (tf2onnx)',
  'model.weights.h5':
    'weights of Keras: pass model.weights.h5 itself, or put what model.to_json() gives beside it as model.json',
  'pytorch_model.bin':
    'weights of PyTorch: save them as safetensors (safetensors.torch.save_file) or ONNX (torch.onnx.export)',
}

/** Endings of files that may have been meant. */
const readable = /\.(tflite|lite|onnx|h5|hdf5|keras|safetensors|npz|gguf|depthwise)$/i

/** What a folder holds in place of what was looked for. */
export function describeFolder(names: readonly string[]): string {
  if (names.length === 0) return 'a folder with nothing to read in it'
  const known = names.find(name => Object.hasOwn(folders, name))
  if (known !== undefined) return folders[known] as string
  const [meant, ...others] = names.filter(name => readable.test(name))
  const rest = names.length > 3 ? `, ... (${names.length})` : ''
  const listed = `a folder with ${names.toSorted().slice(0, 3).join(', ')}${rest}`
  return meant !== undefined && others.length === 0 ? `${listed}: pass ${meant} itself` : listed
}

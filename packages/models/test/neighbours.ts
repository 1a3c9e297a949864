// By path, not by name: the tests of these packages depend on this one, and the workspace allows no circle of packages.

export { readTFLite } from '../../formats/src/networks.ts'
export { readNpz } from '../../formats/src/npy/npz.ts'
export { readReals } from '../../formats/src/tflite/constants.ts'
export { type FileTensor, TFLiteFile } from '../../formats/src/tflite/file.ts'
export { reference, wasm } from '../../ops-cpu/src/index.ts'

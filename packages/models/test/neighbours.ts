// By path, not by name: the tests of these packages depend on this one, and the workspace allows no circle of packages.
export { readNpz } from '../../formats/src/npy/npz.ts'
export { readTFLite } from '../../formats/src/tflite/index.ts'
export { reference, wasm } from '../../ops-cpu/src/index.ts'

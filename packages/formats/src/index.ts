export { type ImageLayout, type WriteOnnxOptions, writeOnnx } from './onnx/index.ts'

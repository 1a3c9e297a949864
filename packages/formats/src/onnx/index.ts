export { type ImageLayout, type WriteOnnxOptions, writeOnnx } from './write/index.ts'

export { type ImageLayout, type WriteOnnxOptions, writeOnnx } from './write/index.ts'
export { type ReadOnnxOptions, readOnnx } from './read/index.ts'

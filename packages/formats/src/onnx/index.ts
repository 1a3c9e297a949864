export { type ExternalData, externalDataFiles } from './read/external-data.ts'
export { type ReadOnnxOptions, readOnnx } from './read/index.ts'
export { type ImageLayout, type WriteOnnxOptions, writeOnnx } from './write/index.ts'

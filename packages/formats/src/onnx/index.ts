export { type ExternalData, externalDataFiles } from './read/external-data.ts'
export { type ReadOnnxOptions, readOnnx } from './read/index.ts'
export type { InputShapes, OpenInput } from './read/input-shapes.ts'
export { type ImageLayout, type WriteOnnxOptions, writeOnnx } from './write/index.ts'

export { externalFilesOf } from './read/external-data.ts'
export { readOnnxFile } from './read/index.ts'

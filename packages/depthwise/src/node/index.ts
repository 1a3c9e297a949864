// `depthwise/node`: files, images and downloads in Node, for programs such as the command line.

export { filesAt } from './checkpoint-files.ts'
export { type DecodeOptions, decodeImage, maxPixels, readImageFile } from './decode.ts'
export { type FetchCheckpointOptions, fetchCheckpoint } from './fetch/fetch-checkpoint.ts'
export { cacheFolder, type Place, placeOf } from './fetch/place.ts'
export { type Entry, exists, FileError, fileError, look, maxFileBytes, readBytes } from './file-system.ts'
export { filesNamed } from './named-files.ts'
export { nodeWebGpu } from './webgpu.ts'
export { writeTogether, writeWhole } from './write-whole.ts'

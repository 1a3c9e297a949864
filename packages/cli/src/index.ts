export { type FetchCheckpointOptions, fetchCheckpoint } from 'depthwise/node'
export { main } from './main.ts'
export type { Stream, Streams } from './terminal.ts'

export { type FetchCheckpointOptions, fetchCheckpoint } from './fetch/fetch-checkpoint.ts'
export { main } from './main.ts'
export type { Stream, Streams } from './terminal.ts'

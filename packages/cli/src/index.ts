export { main } from './main.ts'
export type { Stream, Streams } from './terminal.ts'

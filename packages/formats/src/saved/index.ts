// An entry of its own, for pages whose modules come from a CDN one by one: it needs nothing but core.
export { readModel } from './read.ts'
export { type WriteModelOptions, writeModel } from './write.ts'

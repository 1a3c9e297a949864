export { reference } from './reference/index.ts'
export * from './wasm/index.ts'

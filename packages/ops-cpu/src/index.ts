export { reference } from './reference/backend.ts'
export * from './wasm/index.ts'

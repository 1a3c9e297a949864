export { reference } from './backend.ts'

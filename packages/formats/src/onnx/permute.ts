export { permute } from '../permute.ts'

export { isolateDrawing } from './isolate.ts'

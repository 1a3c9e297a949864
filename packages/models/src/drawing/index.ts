export { isolateDrawing } from './isolate.ts'
export { isPhoto } from './photo.ts'

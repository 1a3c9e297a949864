// A chunk of its own: only files other than TFLite, and errors, need it.
export { detectFormat, identifyFile } from '@depthwise/formats'

// What a page of ours ships: one module, minified, nothing to host beside it. Its size is the download that is reported.
export { createSession, onSpan } from '@depthwise/core'
export { mobileNetV1, mobileNetV2 } from '@depthwise/models'
export { wasm } from '@depthwise/ops-cpu'

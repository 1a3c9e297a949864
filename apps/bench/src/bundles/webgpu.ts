// The same for a page that computes on the GPU.
export { createSession, onSpan } from '@depthwise/core'
export { mobileNetV1, mobileNetV2 } from '@depthwise/models'
export { webgpu } from '@depthwise/ops-webgpu'

// What measures tiles on a GPU; no page ships it, and it counts for no download.
export { tune } from '@depthwise/ops-webgpu/tune'

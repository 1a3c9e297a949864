/** The bits of `GPUBufferUsage`, `GPUMapMode` and `GPUShaderStage` (WebGPU, section 5.1); Node has no such globals. */
export const usage = {
  mapRead: 0x0001,
  copySource: 0x0004,
  copyTarget: 0x0008,
  storage: 0x0080,
  queryResolve: 0x0200,
} as const
export const mapForReading = 0x0001
export const computeStage = 0x4

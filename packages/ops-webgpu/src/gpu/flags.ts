/** The bits of `GPUBufferUsage`, `GPUMapMode` and `GPUShaderStage` (WebGPU, section 5.1); Node has no such globals. */
export const usage = {
  mapRead: 0x0001,
  copySource: 0x0004,
  copyTarget: 0x0008,
  uniform: 0x0040,
  storage: 0x0080,
  queryResolve: 0x0200,
} as const
/** The bits of `GPUTextureUsage`. */
export const textureUsage = { copyTarget: 0x02, binding: 0x04, attachment: 0x10 } as const
export const mapForReading = 0x0001
export const computeStage = 0x4
